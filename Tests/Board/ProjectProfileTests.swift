import Foundation
import Testing

@testable import Board

/// The files in `devices/boards`, and what profiles may say beyond one chip with offsets.
@Suite struct ProjectProfileTests {
    static let folder = (#filePath as NSString).deletingLastPathComponent + "/../../devices/boards"
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".conf") }.map { String($0.dropLast(5)) }.sorted()

    @Test func `there are the boards that were promised`() {
        #expect(Self.names.count >= 20)
    }

    @Test(arguments: names) func `every profile of the project is good`(name: String) throws {
        let profile = try Profile.load(name, folders: [Self.folder])
        #expect(!profile.pins.isEmpty)
        #expect(profile.isSimulated == profile.compatible.isEmpty)
        for pin in profile.header {
            let isLine = profile.place(of: pin.line) != nil
            let words = ["3.3 V", "5 V", "ground", "either ", "where the board asks", "an analog input", "used for sound", "not connected"]
            #expect(isLine || words.contains { pin.line.hasPrefix($0) }, "pin \(pin.number) = \(pin.line)")
        }
        for (index, pin) in profile.pins.enumerated() {
            for other in profile.pins[..<index] { #expect(!pin.isSamePlace(as: other), "\(pin.line) and \(other.line)") }
            #expect(pin.chip.isEmpty || profile.has(chip: pin.chip))
        }
        for taken in profile.taken { #expect(profile.function(of: taken.line) != nil, "\(taken.line) is taken by what?") }
    }

    /// Every name of a board in a device tree, the board's own name and what its "pin 11" is.
    @Test(arguments: [
        ("raspberrypi,model-zero\0brcm,bcm2835", "Raspberry Pi Zero", "GPIO17"),
        ("raspberrypi,model-zero-w\0brcm,bcm2835", "Raspberry Pi Zero W", "GPIO17"),
        ("raspberrypi,model-zero-2-w\0brcm,bcm2837", "Raspberry Pi Zero 2 W", "GPIO17"),
        ("raspberrypi,model-zero-2\0brcm,bcm2837", "Raspberry Pi Zero 2 W", "GPIO17"),
        ("raspberrypi,model-b\0brcm,bcm2835", "Raspberry Pi 1", "GPIO17"),
        ("raspberrypi,model-b-rev2\0brcm,bcm2835", "Raspberry Pi 1 (revision 2)", "GPIO17"),
        ("raspberrypi,model-a\0brcm,bcm2835", "Raspberry Pi 1 (revision 2)", "GPIO17"),
        ("raspberrypi,model-b-plus\0brcm,bcm2835", "Raspberry Pi 1 B+", "GPIO17"),
        ("raspberrypi,model-a-plus\0brcm,bcm2835", "Raspberry Pi 1 B+", "GPIO17"),
        ("raspberrypi,2-model-b\0brcm,bcm2836", "Raspberry Pi 2", "GPIO17"),
        ("raspberrypi,3-model-b\0brcm,bcm2837", "Raspberry Pi 3", "GPIO17"),
        ("raspberrypi,3-model-b-plus\0brcm,bcm2837", "Raspberry Pi 3", "GPIO17"),
        ("raspberrypi,3-model-a-plus\0brcm,bcm2837", "Raspberry Pi 3", "GPIO17"),
        ("raspberrypi,4-model-b\0brcm,bcm2711", "Raspberry Pi 4", "GPIO17"),
        ("raspberrypi,400\0brcm,bcm2711", "Raspberry Pi 400", "GPIO17"),
        ("raspberrypi,4-compute-module\0brcm,bcm2711", "Raspberry Pi Compute Module 4", "GPIO17"),
        ("raspberrypi,5-model-b\0brcm,bcm2712", "Raspberry Pi 5", "GPIO17"),
        ("raspberrypi,500\0brcm,bcm2712", "Raspberry Pi 500", "GPIO17"),
        ("raspberrypi,5-compute-module\0brcm,bcm2712", "Raspberry Pi Compute Module 5", "GPIO17"),
        ("xunlong,orangepi-zero3\0allwinner,sun50i-h618", "Orange Pi Zero 3", "PC6"),
        ("xunlong,orangepi-zero2\0allwinner,sun50i-h616", "Orange Pi Zero 2", "PC6"),
        ("xunlong,orangepi-zero2w\0allwinner,sun50i-h618", "Orange Pi Zero 2W", "PH2"),
        ("sinovoip,bpi-m2-zero\0allwinner,sun8i-h2-plus", "Banana Pi M2 Zero", "PA1"),
        ("radxa,rock3a\0rockchip,rk3568", "Radxa ROCK 3A", "GPIO3_C4"),
        ("radxa,rock-3c\0rockchip,rk3566", "Radxa ROCK 3C", "GPIO3_A1"),
        ("ti,am335x-bone-black\0ti,am335x-bone\0ti,am33xx", "BeagleBone Black", nil),
    ]) func `a board is found by its device tree and shown by its own name`(compatible: String, title: String, pin11: String?) throws {
        let tree = try FakeTree(["proc/device-tree/compatible": compatible + "\0"])
        let profile = try #require(Profile.detect(folders: [Self.folder], root: tree.root))
        #expect(profile.title == title)
        #expect(profile.line(onPin: 11) == pin11)
    }

    @Test func `a board of the same family that nobody described gets no other's pins`() throws {
        for compatible in ["brcm,bcm2711\0", "raspberrypi,4-compute-module-s\0brcm,bcm2711\0", "rockchip,rk3568\0", "ti,am335x-bone\0ti,am33xx\0"] {
            let tree = try FakeTree(["proc/device-tree/compatible": compatible])
            #expect(Profile.detect(folders: [Self.folder], root: tree.root) == nil, "\(compatible)")
        }
    }

    @Test func `what a Raspberry Pi says differs only where the board does`() throws {
        let three = try Profile.load("raspberry-pi-3", folders: [Self.folder])
        let four = try Profile.load("raspberry-pi-400", folders: [Self.folder])
        let five = try Profile.load("raspberry-pi-500", folders: [Self.folder])
        #expect(four.chips == ["pinctrl-bcm2711"] && five.chips == ["pinctrl-rp1"])
        #expect(four.pwm(of: "GPIO18")?.channel == 0 && five.pwm(of: "GPIO18")?.channel == 2)
        for other in [four, five] {
            #expect(other.header == three.header)
            #expect(other.pins == three.pins)
            #expect(other.taken.map(\.line).sorted() == three.taken.map(\.line).sorted())
        }
        #expect(three.line(onPin: 28) == "where the board asks an add-on board who it is")
        #expect(try Profile.load("raspberry-pi-1", folders: [Self.folder]).place(of: "GPIO27") == nil)
        #expect(try Profile.load("raspberry-pi-1-rev2", folders: [Self.folder]).line(onPin: 13) == "GPIO27")
    }

    // MARK: The form

    private func parse(_ text: String, folders: [String] = []) throws -> Profile { try Profile.parse(file: "x.conf", Array(text.utf8), folders: folders) }

    private func problems(_ text: String, folders: [String] = []) -> [String] {
        do {
            _ = try Profile.parse(file: "x.conf", Array(text.utf8), folders: folders)
            return []
        } catch {
            return error.list.map(\.description)
        }
    }

    @Test func `a line is on a named chip, or has the kernel's name`() throws {
        let profile = try parse("[board]\nname = X\nchip = c d\n[pins]\nA = 1\nB = d:1\nC = \"P8_3\"\nD = 300b000.pinctrl:7\n")
        #expect(profile.line(onChip: "c", offset: 1) == "A")
        #expect(profile.line(onChip: "300b000.pinctrl", offset: 7) == "D")
        #expect(profile.line(onChip: "e", offset: 9, kernelName: "P8_3 [emmc]") == "C")
        #expect(profile.line(onChip: "e", offset: 9, kernelName: "P8_31") == nil)
        for wrong in ["d:", "d:x", ":1", "\"\"", "\"x", "x\"y\""] {
            #expect(problems("[board]\nname = X\nchip = c\n[pins]\nA = \(wrong)\n").count == 1, "\(wrong)")
        }
        #expect(problems("[board]\nname = X\nchip = c\n[pins]\nA = d:1\nB = d:1\n") == ["x.conf:6: B and A are both d:1"])
    }

    @Test func `a line that is taken names its devices and what enables them`() throws {
        let start = "[board]\nname = X\nchip = c\n[pins]\nA = 1\n[taken]\n"
        #expect(try parse(start + "A = 1.i2c,2.i2c dtparam=i2c_arm=on\n").taken == [TakenLine(line: "A", devices: ["1.i2c", "2.i2c"], enable: "dtparam=i2c_arm=on")])
        for wrong in ["i2c", "1.i2c,", "../1.i2c", "a/1.i2c", "..", ",1.i2c"] { #expect(problems(start + "A = \(wrong)\n").count == 1, "\(wrong)") }
        #expect(problems(start + "B = 1.i2c\n") == ["x.conf:7: [pins] has no B; did you mean A?"] || problems(start + "B = 1.i2c\n") == ["x.conf:7: [pins] has no B"])
    }

    @Test func `a profile takes over what another says and it does not`() throws {
        let tree = try FakeTree([
            "base.conf": "[board]\nname = Base\ncompatible = base\nchip = c\n[header]\npin 1 = A\npin 2 = B\n[pins]\nA = 1\nB = 2\n[functions]\nA = a\nB = b\n[pwm]\nA = p:0\n",
            "loop.conf": "[board]\nname = Loop\nlike = loop\n", "broken.conf": "[pins]\nA = x\n",
        ])
        let profile = try parse("[board]\nname = Own\nlike = base\n[header]\npin 2 = C\n[pins]\nC = 3\n[functions]\nB = mine\n", folders: [tree.root])
        #expect(profile.title == "Own" && profile.name == "x")
        #expect(profile.compatible == [])
        #expect(profile.chips == ["c"])
        #expect(profile.line(onPin: 1) == "A" && profile.line(onPin: 2) == "C")
        #expect(profile.function(of: "A") == "a" && profile.function(of: "B") == "mine")
        #expect(profile.pwm(of: "A")?.chips == ["p"])
        #expect(problems("[board]\nname = X\nlike = bass\nchip = c\n", folders: [tree.root]).first?.contains("did you mean base?") == true)
        #expect(problems("[board]\nname = X\nlike = loop\nchip = c\n", folders: [tree.root]).first?.contains("more than 4 profiles are like one another") == true)
        #expect(problems("[board]\nname = X\nlike = broken\nchip = c\n", folders: [tree.root]).first?.contains("broken.conf:2") == true)
    }
}
