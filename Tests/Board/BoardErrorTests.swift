import Foundation
import Testing

@testable import Board

@Suite struct BoardErrorTests {
    @Test func `each error says what, why and what to do`() {
        #expect(BoardError.busy(pin: "GPIO17", consumer: "gpio-fan").description == "GPIO17 is in use by gpio-fan; use another pin, or end that first")
        #expect(
            BoardError.busy(pin: "GPIO17", consumer: "").description
                == "GPIO17 is in use by another program or a kernel driver; use another pin, or end that first")
        #expect(BoardError.system(operation: "claim", errno: 22, object: "GPIO17").description == "cannot claim GPIO17: invalid argument")
        let denied = BoardError.permission(path: "/nowhere/gpiochip0", user: "pi")
        #expect(denied.description == "no permission to open /nowhere/gpiochip0: add the user to group gpio with `sudo usermod -aG gpio pi`, then log in again or restart the service")
        #expect(denied.isPermission)
        #expect(BoardProblems([BoardProblem(error: denied)]).isPermission)
        #expect(!BoardProblems([BoardProblem(error: .notFound("x"))]).isPermission)
    }

    @Test func `a computer without GPIO says so, and what to do for a try`() throws {
        let tree = try FakeTree(["dev/null": ""])
        let error = #expect(throws: BoardProblems.self) {
            try Board.open(lines: [LineSettings(name: "lamp", pin: "GPIO17")], sensors: [], profile: nil, root: tree.root)
        }
        #expect(error?.list.count == 1)
        #expect(error?.list.first?.description.contains("shows no GPIO chip") == true)
        #expect(error?.list.first?.description.contains("profile = simulated") == true)
        #expect(error?.isPermission == false)
    }

    @Test func `a file that is no GPIO chip is an error of the system, not a trap`() throws {
        let tree = try FakeTree(["dev/gpiochip0": "not a device"])
        let error = #expect(throws: BoardError.self) { try Chip.all(devices: tree.root + "/dev") }
        guard case .system("open", _, let path)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == tree.root + "/dev/gpiochip0")
    }

    @Test func `a chip that may not be opened is a question of permission`() throws {
        let tree = try FakeTree(["dev/gpiochip0": ""])
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: tree.root + "/dev/gpiochip0")
        let error = #expect(throws: BoardError.self) { try Chip.all(devices: tree.root + "/dev") }
        // root may open everything, and then sees that it is no chip.
        #expect(error?.isPermission == (geteuid() != 0))
    }

    @Test func `the user to be added to the group is the one who runs`() throws {
        let tree = try FakeTree(["etc/passwd": "broken\nroot2:x:99999:0::/:/bin/sh\ngardener:x:\(geteuid()):0:x:/root:/bin/sh\n"])
        #expect(currentUser(root: tree.root) == "gardener")
    }
}
