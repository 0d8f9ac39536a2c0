import Board
import Text

/// `perch lines`
enum Lines {
    static let grammar = Arguments.Grammar(options: ["--profile"], flags: ["--all"])

    static func run(_ arguments: Arguments) throws(Failure) {
        let profile = try BoardSetup.profile(named: arguments["--profile"])
        let listings: [LineListing]
        do throws(BoardError) {
            listings = try LineListing.all(profile: profile)
        } catch {
            throw Failure(error.isPermission ? .permission : .failed, "\(error)")
        }
        let table = LineTable(listings, isComplete: arguments.has("--all"))
        if let profile {
            Console.print("\(profile.title)\n")
        } else {
            Console.print("No profile describes this board, so only the kernel's names are known.\n")
        }
        for row in table.rows { Console.print(row) }
        Console.print("\nTo use one, write for example:\n\n[line lamp]\npin = \(table.example)\npart = relay")
    }
}
