import Agent
import Board
import Text

/// `perch sensors`
enum Sensors {
    static let grammar = Arguments.Grammar(options: ["--config"])

    static func run(_ arguments: Arguments) throws(Failure) {
        let used = try configured(arguments["--config"])
        let catalog = PartCatalog()
        let listings = SensorListing.all { catalog.card($0, $1)?.name }
        for listing in listings {
            if let name = name(of: listing, in: used) {
                // Nothing to paste: it is there already.
                Console.print(filled("; % is in use as % and %\n", listing.source, name, reading(listing)))
            } else {
                Console.print("; " + reading(listing))
                Console.print(listing.paste)
            }
        }
        let missed = SensorAdvice.missed()
        for hint in missed { Console.print("; " + hint) }
        if listings.isEmpty && missed.isEmpty {
            throw Failure(.failed, filled("no sensors found; the comments in %/parts say how each is wired and enabled", DataDirectory.path))
        }
    }

    /// Three digits are enough to recognise a sensor by warming it with a finger.
    static func rounded(_ value: Double) -> Double { (value * 1000).nearestWhole / 1000 }

    /// The sensors of the configuration. One that was not asked for and is missing, unreadable or wrong is none: `perch check` is for that.
    private static func configured(_ path: String?) throws(Failure) -> [SensorConfiguration] {
        do throws(Failure) {
            return try ConfigurationFile.load(path ?? ConfigurationFile.defaultPath).sensors
        } catch {
            if path != nil { throw error }
            return []
        }
    }

    private static func name(of listing: SensorListing, in sensors: [SensorConfiguration]) -> String? {
        guard let source = try? SensorSource(listing.source) else { return nil }
        for sensor in sensors {
            if let other = try? SensorSource(sensor.source), other == source { return sensor.name }
        }
        return nil
    }

    static func reading(_ listing: SensorListing) -> String {
        switch listing.result {
        case .value(let value):
            return filled("reads %%", rounded(value).description, listing.quantity.unit.isEmpty ? "" : " " + listing.quantity.unit)
        case .absent(let why), .failed(let why): return filled("does not read: %", why)
        }
    }
}
