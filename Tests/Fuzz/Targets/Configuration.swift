import Time
import XMPP

@testable import Agent

/// perch.conf: a configuration within its limits on which an agent runs, or mistakes in the order of the file.
func fuzzConfiguration(_ input: [UInt8]) throws(Broken) {
    let parts = [
        "relay": "[line]\ndirection = output\ninitial = off\non-exit = off\nactive-low = yes\n",
        "contact": "[line]\ndirection = input\nbias = pull-up\nactive-low = yes\ndebounce = 20ms\nwhen-on = closed\nwhen-off = open\n",
        "ds18b20": "[sensor]\nunit = °C\ndigits = 1\nreport = change 0.2 every 1min..15min\n",
    ]
    func load() -> ConfigurationResult {
        Configuration.load(file: "perch.conf", bytes: input, parts: { parts[$0].map { Array($0.utf8) } }, partNames: parts.keys.sorted())
    }
    let result = load()
    try require(load() == result, "the same file is read differently")
    switch result {
    case .problems(let problems):
        try require((1...Configuration.maximumProblems + 1).contains(problems.count), "\(problems.count) problems")
        var last = 0
        for problem in problems {
            try require(!problem.text.isEmpty, "a problem without words")
            try require(!problem.text.utf8.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }, "a control character in \(problem)")
            try require(problem.text.utf8.count < 4096, "a problem of \(problem.text.utf8.count) bytes")
            if problem.location.hasPrefix("perch.conf:") {
                guard let line = Int(problem.location.dropFirst("perch.conf:".count)) else { throw Broken(description: "no line in \(problem.location)") }
                try require(line >= last, "\(problem) behind line \(last)")
                last = line
            }
        }
    case .configuration(let configuration):
        try require(configuration.lines.count <= Configuration.maximumLines && configuration.sensors.count <= Configuration.maximumSensors, "too many lines or sensors")
        try require(configuration.people.entries.count <= Configuration.maximumPeople && configuration.reports.to.count <= Configuration.maximumRecipients, "too many people")
        try require(!configuration.summary.isEmpty, "nothing to say about it")
        _ = configuration.remarks
        try live(configuration)
    }
}

/// A quarter of an hour of a board with this configuration, on which every sensor answers.
private func live(_ configuration: Configuration) throws(Broken) {
    let agent = Agent(configuration: configuration, saved: [:], facts: HostFacts(), seed: 1)
    var now = Moment(instant: Instant(.seconds(10)), timestamp: Timestamp(milliseconds: 1_795_365_420_000))
    for index in configuration.lines.indices { _ = agent.initialLevel(of: index, at: now) }
    var queue = [Event.started(levels: configuration.lines.map { _ in false }), .online(jid: configuration.account.jid, resumed: false)]
    let end = now.instant + .seconds(900)
    for _ in 0..<50 {
        while !queue.isEmpty {
            for effect in agent.handle(queue.removeFirst(), at: now) {
                switch effect {
                case .setLine(_, let on, let ticket): queue.append(.lineOutcome(ticket, on ? .on : .off))
                case .setDuty(_, let permille, let ticket): queue.append(.lineOutcome(ticket, .duty(permille)))
                case .readSensor(let sensor): queue.append(.reading(sensor, .value(Double(sensor) + now.instant.sinceOrigin / .seconds(7))))
                default: break
                }
            }
        }
        guard let next = agent.nextDeadline, next <= end else { return }
        now = Moment(instant: max(now.instant, next), timestamp: now.timestamp + max(.zero, next - now.instant), utcOffset: now.utcOffset)
        queue = [.tick]
    }
}
