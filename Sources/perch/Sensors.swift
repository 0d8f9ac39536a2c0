import Board
import Text

/// `perch sensors`
enum Sensors {
    static func run(_ arguments: Arguments) throws(Failure) {
        let listings = SensorListing.all()
        for listing in listings {
            Console.print("; \(reading(listing))")
            Console.print(listing.paste)
        }
        if listings.isEmpty {
            throw Failure(.failed, "no sensors found: is the overlay for yours enabled? See the comments in \(DataDirectory.path)/parts")
        }
    }

    /// Three digits are enough to recognise a sensor by warming it with a finger.
    static func rounded(_ value: Double) -> Double { (value * 1000).nearestWhole / 1000 }

    private static func reading(_ listing: SensorListing) -> String {
        switch listing.result {
        case .value(let value):
            return "reads \(rounded(value)) \(listing.quantity.unit)"
        case .absent(let why), .failed(let why): return why
        }
    }
}
