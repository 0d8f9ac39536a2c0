import Board
import Text

/// `perch lines`
enum Lines {
    static let grammar = Arguments.Grammar(options: ["--profile"])

    static func run(_ arguments: Arguments) throws(Failure) {
        let profile = try BoardSetup.profile(named: arguments["--profile"])
        let listings: [LineListing]
        do throws(BoardError) {
            listings = try LineListing.all(profile: profile)
        } catch {
            throw Failure(error.isPermission ? .permission : .failed, "\(error)")
        }
        if let profile { Console.print(profile.title) }
        var chip = ""
        for listing in listings {
            if listing.chip != chip {
                chip = listing.chip
                Console.print("\nchip \(chip)")
            }
            Console.print(row(listing))
        }
        Console.print("\nTo use one, write for example:\n\n[line lamp]\npin = \(example(listings))\npart = relay")
    }

    private static func row(_ line: LineListing) -> String {
        var use: String
        switch line.use {
        case .free: use = "free"
        case .used(let by): use = by.isEmpty ? "in use" : "in use by \(by)"
        }
        if let function = line.function { use += "; \(function)" }
        let pin = line.headerPin.map { "pin \($0)" } ?? ""
        return "  " + Console.column(line.pin, 24) + Console.column(pin, 8) + use
    }

    /// A line that can be pasted without harm: free, on the header, without another function.
    private static func example(_ listings: [LineListing]) -> String {
        let free = listings.filter { $0.use == .free }
        let best = free.first { $0.headerPin != nil && $0.function == nil } ?? free.first { !$0.name.isEmpty } ?? free.first
        return best?.pin ?? "GPIO17"
    }
}
