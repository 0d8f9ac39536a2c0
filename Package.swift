// swift-tools-version: 6.2
// Only system libraries are linked. System library targets carry no `pkgConfig:` (it would add
// the host's search path to a cross build), and every library is listed by hand because
// bare-metal triples, which the Embedded build uses, do not autolink.
import PackageDescription

let libraries: [LinkerSetting] = ["ssl", "crypto", "expat", "gpiod", "inih"].map { .linkedLibrary($0) }

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, path: "Tests/" + name, exclude: exclude, linkerSettings: libraries)
}

let package = Package(
    name: "perch",
    products: [.executable(name: "perch", targets: ["perch"])],
    targets: [
        .systemLibrary(name: "CExpat"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CINI"),
        .target(name: "CGPIOD"),
        .target(name: "CLinux"),
        room("Text", []),
        room("Time", ["Text"]),
        room("INI", ["CINI", "Text"]),
        room("Crypto", ["COpenSSL"]),
        room("XMPP", ["CExpat", "Crypto", "Text", "Time"]),
        room("TLS", ["COpenSSL", "Crypto", "Text"]),
        room("Linux", ["CLinux", "Text", "Time"]),
        room("Board", ["CGPIOD", "CLinux", "INI", "Text", "Time"]),
        room("Agent", ["INI", "XMPP", "Text", "Time"]),
        .executableTarget(
            name: "perch", dependencies: ["CLinux", "Text", "Time", "Crypto", "XMPP", "TLS", "Linux", "Board", "Agent"],
            linkerSettings: libraries),
        // For `make bench` only: the stream parser beside bare Expat, and how long things take inside the process.
        .target(name: "CBench", path: "Tests/Bench/CBench"),
        .executableTarget(name: "xml-bench", dependencies: ["CBench", "Text", "XMPP"], path: "Tests/Bench/xml-bench", linkerSettings: libraries),
        .executableTarget(
            name: "local-bench", dependencies: ["CBench", "CLinux", "Linux", "Time", "XMPP", "Board", "Agent"], path: "Tests/Bench/local-bench",
            linkerSettings: libraries),
        // For Tests/Hardware only: interlocked lines under thousands of commands.
        .executableTarget(
            name: "interlock-soak", dependencies: ["CLinux", "Linux", "Time", "XMPP", "Board", "Agent"], path: "Tests/Hardware/interlock-soak",
            linkerSettings: libraries),
        tests("Text", ["Text"]),
        tests("Time", ["Time"]),
        tests("INI", ["INI"]),
        tests("Crypto", ["Crypto"]),
        tests("XMPP", ["XMPP", "Crypto", "Text", "Time"]),
        tests("TLS", ["TLS"]),
        tests("Linux", ["Linux", "Time"]),
        tests("Board", ["Board", "Time"]),
        tests("Agent", ["Agent", "XMPP", "Time"]),
        tests("Perch", ["perch"]),
        // The same targets as in `make fuzz`, fed with what is kept; `Driver` is libFuzzer's side.
        tests("Fuzz", ["Agent", "XMPP", "Crypto", "Time"], exclude: ["Driver", "corpus", "crashers", "dictionaries"]),
    ]
)
