import Testing

@testable import Board

/// Files as w1_therm of Linux 6.1 shows them.
@Suite struct OneWireTests {
    static let id = "28-0316a2795bff"
    static let folder = "sys/bus/w1/devices/28-0316a2795bff"
    static let good = "72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n"

    private func read(_ tree: FakeTree, _ source: String = "w1:28-0316a2795bff") throws -> SensorResult {
        try Sensor(SensorSettings(name: "air", source: source)).read(root: tree.root)
    }

    @Test func `a thermometer is read`() throws {
        #expect(try read(FakeTree([Self.folder + "/w1_slave": Self.good])) == .value(23.125))
        #expect(try read(FakeTree([Self.folder + "/temperature": "-10125\n"])) == .value(-10.125))
    }

    @Test func `the id may be written in capitals`() throws {
        #expect(try read(FakeTree([Self.folder + "/w1_slave": Self.good]), "w1:28-0316A2795BFF") == .value(23.125))
    }

    @Test func `the file with the evidence is preferred to the bare number`() throws {
        let tree = try FakeTree([
            Self.folder + "/w1_slave": "00 00 00 00 00 00 00 00 00 : crc=00 YES\n00 00 00 00 00 00 00 00 00 t=0\n", Self.folder + "/temperature": "0\n",
        ])
        #expect(try read(tree) == .failed("28-0316a2795bff answers only zeros: does its data wire touch ground?"))
    }

    @Test(arguments: [
        ("72 01 4b 46 7f ff 0e 10 57 : crc=12 NO\n72 01 4b 46 7f ff 0e 10 57 t=23125\n", "wrong checksum"),
        ("50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n", "not measuring"),
        ("", "does not answer"), ("YES", "gives nothing"), ("YES\nx", "no temperature"), ("YES\nt=", "no temperature"), ("YES\nt=warm", "no temperature"),
        ("YES\nt=999999999999999999999999", "cannot measure"), ("YES\nt=127937", "cannot measure"),
    ]) func `a bad answer is failed, never a number`(text: String, words: String) throws {
        let result = try read(FakeTree([Self.folder + "/w1_slave": text]))
        guard case .failed(let why) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(why.contains(words), "\(why)")
    }

    @Test func `85 °C exactly is the power-on value, its neighbours are not`() throws {
        #expect(try read(FakeTree([Self.folder + "/temperature": "85000\n"])).failure?.contains("not measuring") == true)
        #expect(try read(FakeTree([Self.folder + "/temperature": "85062\n"])) == .value(85.062))
    }

    @Test func `a sensor that is not there is absent, with what to do`() throws {
        let bus = try FakeTree(["sys/bus/w1/devices/28-000000000001/w1_slave": Self.good])
        #expect(
            try read(bus)
                == .absent("the kernel does not show 28-0316a2795bff: is the w1-gpio overlay enabled and the sensor wired? It shows 28-000000000001"))
        #expect(try read(FakeTree()) == .absent("the kernel has no 1-wire bus; `perch check` says how to get it"))
        #expect(try read(FakeTree([Self.folder + "/id": "x"])).failure?.contains("w1_therm") == true)
    }

    @Test func `a conversion that fails in the kernel is failed, a sensor pulled out meanwhile is absent`() throws {
        let tree = try FakeTree([Self.folder + "/w1_slave": Self.good])
        guard case .read(let read) = try Sensor(SensorSettings(name: "air", source: "w1:" + Self.id)).plan(root: tree.root) else {
            Issue.record("there is a file to read")
            return
        }
        #expect(read.paths == [tree.root + "/" + Self.folder + "/w1_slave"])
        #expect(read.interpret([.failed(errno: 5)]) == .failed("28-0316a2795bff does not answer (input/output error): is it wired and powered?"))
        #expect(read.interpret([.failed(errno: 2)]) == .absent("28-0316a2795bff has disappeared (no such file or directory)"))
        #expect(read.interpret([.failed(errno: 11)]) == .failed("28-0316a2795bff has no value yet"))
        #expect(read.interpret([]) == .failed("28-0316a2795bff was not read"))
    }

    @Test(arguments: ["w1:", "w1:28", "w1:28-xyz", "w1:28-0316a2795bfff", "w1:01-0316a2795bff", "w1:../../etc"])
    func `what is no thermometer's id is refused`(source: String) {
        #expect(throws: BoardError.self) { try SensorSource(source) }
    }
}
