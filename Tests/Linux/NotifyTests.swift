import CLinux
import Foundation
import Testing

@testable import Linux

@Suite struct NotifyTests {
    /// A datagram socket like the service manager's.
    final class Manager {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        init(_ name: String) {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(name.utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { path in
                path.copyBytes(from: bytes)
                if bytes[0] == UInt8(ascii: "@") { path[0] = 0 }
            }
            let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            precondition(result == 0)
        }
        deinit { close(descriptor) }

        func receive() -> String? {
            var buffer = [UInt8](repeating: 0, count: 1024)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    func notify(_ socket: String?, _ microseconds: String? = nil, _ process: String? = nil) -> Notify {
        Notify(socket: socket, watchdogMicroseconds: microseconds, watchdogProcess: process, process: 42)
    }

    @Test(arguments: [false, true]) func `the manager hears each state`(isAbstract: Bool) {
        let folder = Folder()
        let path = isAbstract ? "@perch-test-\(UUID().uuidString)" : folder.path + "/notify"
        let manager = Manager(path)
        let notify = notify(path)
        notify.ready(status: "online\nREADY=0")
        #expect(manager.receive() == "READY=1\nSTATUS=online READY=0")
        notify.status("lamp on")
        #expect(manager.receive() == "STATUS=lamp on")
        notify.watchdog()
        #expect(manager.receive() == "WATCHDOG=1")
        notify.stopping(status: "bye")
        #expect(manager.receive() == "STOPPING=1\nSTATUS=bye")
        notify.reloading()
        let reloading = manager.receive() ?? ""
        #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(Int64(reloading.dropFirst(27)).map { $0 > 0 } == true)
        #expect(manager.receive() == nil)
    }

    @Test func `without a manager nothing happens`() {
        notify(nil).ready(status: "")
        notify("/nowhere/at/all").ready(status: "")
        notify(String(repeating: "x", count: 500)).ready(status: "")
        notify("").watchdog()
        #expect(notify(nil).watchdogInterval == nil)
    }

    @Test func `the watchdog is fed at half its time, when it is ours`() {
        #expect(notify(nil, "30000000").watchdogInterval == .seconds(15))
        #expect(notify(nil, "30000000", "42").watchdogInterval == .seconds(15))
        #expect(notify(nil, "30000000", "43").watchdogInterval == nil)
        #expect(notify(nil, "30000000", "x").watchdogInterval == nil)
        for nonsense in ["", "0", "-5", "x", "99999999999999999999999"] {
            #expect(notify(nil, nonsense).watchdogInterval == nil)
        }
    }
}
