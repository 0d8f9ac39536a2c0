import Foundation
import Testing

@testable import Board

@Suite struct ProfileTests {
    private static let folder = (#filePath as NSString).deletingLastPathComponent + "/../../devices/boards"

    private func problems(_ text: String) -> [String] {
        do {
            _ = try Profile.parse(file: "x.conf", Array(text.utf8))
            return []
        } catch {
            return error.list.map(\.description)
        }
    }

    @Test func `a profile is read`() throws {
        let profile = try Profile.parse(
            file: "pi.conf",
            Array(
                """
                [board]
                name = Raspberry Pi 4 Model B ; the one with two HDMI
                compatible = raspberrypi,4-model-b raspberrypi,400
                chip = pinctrl-bcm2711
                [header]
                pin 11 = GPIO17
                [pins]
                GPIO17 = 17
                [functions]
                GPIO17 = PWM
                """.utf8))
        #expect(profile.name == "pi")
        #expect(profile.title == "Raspberry Pi 4 Model B")
        #expect(profile.compatible == ["raspberrypi,4-model-b", "raspberrypi,400"])
        #expect(profile.line(onPin: 11) == "GPIO17")
        #expect(profile.headerPin(of: "GPIO17") == 11)
        #expect(profile.function(of: "GPIO17") == "PWM")
        #expect(profile.line(onChip: "pinctrl-bcm2711", offset: 17) == "GPIO17")
        #expect(profile.line(onChip: "other", offset: 17) == nil)
    }

    @Test func `PWM channels are read with their chips and how to enable them`() throws {
        let profile = try Profile.parse(
            file: "pi.conf",
            Array(
                """
                [board]
                name = X
                chip = c
                [pins]
                GPIO12 = 12
                GPIO18 = 18
                [pwm]
                GPIO12 = pwm@1f00098000,soc:pwm:3
                GPIO18 = fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2 and reboot
                """.utf8))
        #expect(profile.pwm(of: "GPIO12") == PWMChannel(line: "GPIO12", chips: ["pwm@1f00098000", "soc:pwm"], channel: 3))
        #expect(
            profile.pwm(of: "GPIO18")
                == PWMChannel(line: "GPIO18", chips: ["fe20c000.pwm"], channel: 0, enable: "dtoverlay=pwm,pin=18,func=2 and reboot"))
        #expect(profile.pwm(of: "GPIO13") == nil)
    }

    @Test func `a PWM channel that is not written as one is refused, and one of no pin`() {
        let start = "[board]\nname = X\nchip = c\n[pins]\nGPIO18 = 18\n[pwm]\n"
        let form = "a line of [pwm] is written as GPIO18 = fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2, the PWM chip's device, the channel on it and how it is enabled"
        for wrong in ["fe20c000.pwm", "fe20c000.pwm:x", ":0", "a,:0", "a:256", "dtoverlay=pwm"] {
            #expect(problems(start + "GPIO18 = \(wrong)\n") == ["x.conf:7: \"\(wrong)\": \(form)"])
        }
        #expect(problems(start + "GPIO81 = a:0\n") == ["x.conf:7: [pins] has no GPIO81; did you mean GPIO18?"])
        #expect(problems(start.replacingOccurrences(of: "[pwm]", with: "[pmw]")) == ["x.conf:6: [pmw] is no section of a profile; did you mean pwm?"])
    }

    @Test func `every mistake is reported with its line`() {
        let found = problems(
            """
            [board]
            name = X
            chip = c
            colour = red
            [haeder]
            pin 1 = A
            [header]
            pin x = A
            pin 1000 = A
            [pins]
            A = one
            B = 2
            C = 2
            D = 99999999999999999999
            [functions]
            Q = q
            """)
        #expect(
            found == [
                "x.conf:4: \"colour\" is no key of [board]", "x.conf:5: [haeder] is no section of a profile; did you mean header?",
                "x.conf:8: \"pin x\": a line of [header] is written as pin 11 = GPIO17",
                "x.conf:9: \"pin 1000\": a line of [header] is written as pin 11 = GPIO17",
                "x.conf:11: \"one\": a line of [pins] is written as GPIO17 = 17, its offset on the chip, GPIO17 = LABEL:17 or GPIO17 = \"the kernel's name\"",
                "x.conf:13: C and B are both 2",
                "x.conf:14: \"99999999999999999999\": a line of [pins] is written as GPIO17 = 17, its offset on the chip, GPIO17 = LABEL:17 or GPIO17 = \"the kernel's name\"",
                "x.conf:16: [pins] has no Q",
            ])
    }

    @Test func `a profile without name or chip is refused`() {
        #expect(problems("[pins]\nA = 1\n").count == 2)
        #expect(problems("").count == 2)
    }

    @Test func `the board is found by its device tree, the exact model first`() throws {
        let tree = try FakeTree([
            "boards/a.conf": "[board]\nname = A\ncompatible = brcm,bcm2711\nchip = c\n",
            "boards/b.conf": "[board]\nname = B\ncompatible = raspberrypi,4-model-b\nchip = c\n", "boards/broken.conf": "nonsense",
            "proc/device-tree/compatible": "raspberrypi,4-model-b\0brcm,bcm2711\0",
            "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
        ])
        let folders = [tree.root + "/boards"]
        #expect(Profile.detect(folders: folders, root: tree.root)?.name == "b")
        #expect(boardModel(root: tree.root) == "Raspberry Pi 4 Model B Rev 1.4")
        #expect(Profile.detect(folders: folders, root: tree.root + "/none") == nil)
        #expect(try Profile.load("a", folders: folders).title == "A")
    }

    @Test func `a profile that does not exist gets the nearest name, and simulated needs no file`() throws {
        let tree = try FakeTree(["boards/raspberry-pi-4.conf": "[board]\nname = A\nchip = c\n"])
        #expect(try Profile.load("simulated", folders: [tree.root]) == .simulated)
        let error = #expect(throws: ProfileProblems.self) { try Profile.load("rasberry-pi-4", folders: [tree.root + "/boards"]) }
        #expect(error?.description.hasSuffix("there is no profile \"rasberry-pi-4\"; did you mean raspberry-pi-4?") == true)
        #expect(throws: ProfileProblems.self) { try Profile.load("../boards/raspberry-pi-4", folders: [tree.root + "/boards"]) }
    }

    @Test func `the built-in simulated board has the header of its file`() throws {
        let file = try Profile.load("simulated", folders: [Self.folder])
        #expect(file.isSimulated)
        #expect(file.pins == Profile.simulated.pins)
        #expect(file.pwm == Profile.simulated.pwm)
        for pin in file.header { #expect(Profile.simulated.line(onPin: pin.number) == pin.line) }
        #expect(Profile.simulated.header.count == 26)
    }
}
