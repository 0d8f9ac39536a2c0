// swift-tools-version: 6.2
// Does Swift see the same C types and calling convention as C itself, built for the same triple?
// A package of its own, so that `swift build` at the top neither builds nor ships it. `tools/embedded` runs it.
import PackageDescription

let package = Package(
    name: "abi-selftest",
    targets: [
        .target(name: "CABI", path: "CABI"),
        .executableTarget(name: "abi-selftest", dependencies: ["CABI"], path: "abi-selftest"),
    ]
)
