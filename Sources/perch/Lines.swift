import Board
import Text

/// `perch lines`
enum Lines {
    static let grammar = Arguments.Grammar(options: ["--profile"], flags: ["--all"])

    static func run(_ arguments: Arguments) throws(Failure) {
        try printAll(arguments["--profile"], isComplete: arguments.has("--all"))
    }

    /// - Parameter name: a profile; nil: the one that fits.
    static func printAll(_ name: String?, isComplete: Bool = false) throws(Failure) {
        let profile = try BoardSetup.profile(named: name)
        let listings: [LineListing]
        do throws(BoardError) {
            listings = try LineListing.all(profile: profile)
        } catch {
            throw Failure(error.isPermission ? .permission : .failed, error.description)
        }
        let table = LineTable(listings, isComplete: isComplete)
        if let profile {
            Console.print(filled("%\n", profile.title))
        } else {
            Console.print("No profile describes this board, so only the kernel's names are known.\n")
        }
        for row in table.rows { Console.print(row) }
        Console.print(filled("\nTo use one, write for example:\n\n[line lamp]\npin = %\npart = relay", table.example))
    }
}
