import XMPP

@testable import Agent

/// What the suites about perch.conf have in common.
protocol ConfigurationFixture {}

extension ConfigurationFixture {
    /// The parts that these tests may use.
    var someParts: [String: String] {
        [
            "relay": "[line]\ndirection = output\ninitial = off\non-exit = off\nactive-low = yes\n",
            "contact": "[line]\ndirection = input\nbias = pull-up\nactive-low = yes\ndebounce = 20ms\nwhen-on = closed\nwhen-off = open\n",
            "ds18b20": "[sensor]\nunit = °C\ndigits = 1\nreport = change 0.2 every 1min..15min\n",
            "dht22": "[sensor]\nsource = iio:dht11/humidityrelative\nunit = %RH\n",
        ]
    }

    var anAccount: String { "[account]\njid = greenhouse@example.org\n" }

    func load(_ text: String, parts: [String: String]? = nil) -> ConfigurationResult {
        load(bytes: Array(text.utf8), parts: parts)
    }

    func load(bytes: [UInt8], parts: [String: String]? = nil) -> ConfigurationResult {
        let parts = parts ?? someParts
        return Configuration.load(file: "perch.conf", bytes: bytes, parts: { parts[$0].map { Array($0.utf8) } }, partNames: parts.keys.sorted())
    }

    /// The configuration of a text without mistakes, the account (2 lines) put before it.
    func loaded(_ text: String, parts: [String: String]? = nil) throws -> Configuration {
        switch load(anAccount + text, parts: parts) {
        case .configuration(let configuration): return configuration
        case .problems(let problems): throw UnexpectedProblems(problems: problems.map(\.description))
        }
    }

    /// The problems of a text, the account (2 lines) put before it.
    func problems(_ text: String, parts: [String: String]? = nil) -> [String] {
        switch load(anAccount + text, parts: parts) {
        case .configuration: []
        case .problems(let problems): problems.map(\.description)
        }
    }
}

struct UnexpectedProblems: Error { var problems: [String] }
