import Testing
import Time
import XMPP

@testable import Agent

/// A board, a disk, a link and a server that fail at random: what counts is who hears what, how often, and in which order.
@Suite struct DeliveryChaosTests {
    /// The file, as the driver and the kernel treat it.
    private struct Disk {
        var bytes: [UInt8] = []
        /// Up to here a power cut leaves it.
        var synced: [UInt8] = []
        var isFull = false
        /// After a failure, until it is written anew.
        var hasFailed = false
    }

    private final class World {
        var random: SplitMix64
        let configuration: Configuration
        var board: Conversation
        var disk = Disk()
        /// What the server has got, by the id it has. A second copy of one is dropped, as a receiver does.
        var heard: [String] = [], ids: Set<String> = [], doubled = 0
        /// Sent in this session and not acknowledged yet.
        var flight: [OutgoingMessage] = []
        var isOnline = false
        /// What happened, in order.
        var said: [String] = []
        var elapsed: Duration = .zero
        var counter = 0

        init(seed: UInt64) {
            random = SplitMix64(seed: seed)
            var configuration = Configuration.greenhouse
            configuration.sensors = []
            self.configuration = configuration
            board = Conversation(configuration, values: [], seed: random.next(), online: false)
            board.acknowledges = false
            take(board.effects)
        }

        func roll(_ sides: Int) -> Int { Int(random.next() % UInt64(sides)) }

        func take(_ effects: [Effect]) {
            for effect in effects {
                switch effect {
                case .send(let message):
                    if message.to.isBare { flight.append(message) }
                case .append("journal", let bytes, let isUrgent):
                    if disk.hasFailed { break }
                    guard !disk.isFull else { fail(); break }
                    disk.bytes += bytes
                    if isUrgent { disk.synced = disk.bytes }
                    take(board.handle(.journalWritten(nil)))
                case .store("journal", let bytes):
                    guard !disk.isFull || bytes.isEmpty else { fail(); break }
                    disk.hasFailed = false
                    disk.bytes = bytes
                    disk.synced = bytes
                    take(board.handle(.journalWritten(nil)))
                default: break
                }
            }
        }

        func fail() {
            disk.hasFailed = true
            take(board.handle(.journalWritten(StorageFailure(status: "disk full", text: "cannot write journal: no space left on device"))))
        }

        /// Something that was never said before.
        func say(_ kind: Report.Kind) {
            counter += 1
            said.append("\(kind) \(counter)")
            board.agent.now = board.moment
            board.agent.report("\(kind) \(counter)", kind, source: "x", [])
            take(board.handle(.tick))
        }

        /// The first `count` of what is under way arrive.
        func arrive(_ count: Int) -> [String] {
            var acknowledged: [String] = []
            for message in flight.prefix(count) {
                let id = message.id ?? ""
                acknowledged.append(id)
                if !ids.insert(id).inserted { doubled += 1; continue }
                heard.append(message.body ?? "")
            }
            flight.removeFirst(min(count, flight.count))
            return acknowledged
        }

        func cut() {
            guard isOnline else { return }
            isOnline = false
            take(board.handle(.offline(reason: "cut")))
        }

        func connect(resumed: Bool) {
            guard !isOnline else { return }
            isOnline = true
            // A session that is not resumed has forgotten what it sent; some of it had arrived without our knowing.
            if !resumed {
                _ = arrive(roll(flight.count + 1))
                flight = []
            }
            take(board.handle(.online(jid: jid("greenhouse@example.org/board"), resumed: resumed)))
        }

        func restart(powerCut: Bool) {
            _ = arrive(roll(flight.count + 1))
            flight = []
            isOnline = false
            if powerCut {
                // Anything between what was synced and what was written is left.
                var file = disk.bytes
                if file.count > disk.synced.count, Array(file[..<disk.synced.count]) == disk.synced {
                    file = Array(file[..<(disk.synced.count + roll(file.count - disk.synced.count + 1))])
                } else if file != disk.synced {
                    file = disk.synced
                }
                disk.bytes = file
            }
            disk.synced = disk.bytes
            disk.hasFailed = false
            let elapsed = board.elapsed
            board = Conversation(configuration, saved: ["journal": disk.bytes], values: [], seed: random.next(), online: false)
            board.acknowledges = false
            board.elapsed = elapsed
            take(board.effects)
        }

        func wait(_ duration: Duration) {
            let end = board.elapsed + duration
            var steps = 0
            while board.elapsed < end, steps < 10_000 {
                let step = min(end - board.elapsed, .seconds(1))
                take(board.wait(step))
                steps += 1
            }
        }

        func finish() {
            disk.isFull = false
            connect(resumed: false)
            for _ in 0..<2000 {
                wait(.seconds(1))
                take(board.handle(.acknowledged(arrive(flight.count))))
                if board.agent.outbox.journal.isEmpty, flight.isEmpty { break }
            }
            wait(.seconds(120))
        }
    }

    /// Whether everything in `few` is in `many`, in the same order.
    private static func isInOrder(_ few: [String], of many: [String]) -> Bool {
        var rest = many[...]
        for item in few {
            guard let index = rest.firstIndex(of: item) else { return false }
            rest = rest[(index + 1)...]
        }
        return true
    }

    @Test func `cuts, resumptions and kills at random: every report arrives once and in order`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var seeds = SplitMix64(seed: seed)
        for _ in 0..<25 {
            let world = World(seed: seeds.next())
            // A kill finds what is on its way while online not yet on disk: then only killed while offline.
            for _ in 0..<200 {
                switch world.roll(12) {
                case 0...3: world.say(.reading)
                case 4: world.say(.alarm)
                case 5: world.cut()
                case 6: world.connect(resumed: true)
                case 7: world.connect(resumed: false)
                case 8: if world.isOnline { world.take(world.board.handle(.acknowledged(world.arrive(world.roll(world.flight.count + 1))))) }
                case 9: if world.isOnline { world.take(world.board.handle(.acknowledged(world.arrive(world.flight.count)))) }
                case 10: if !world.isOnline, world.board.agent.isOffline { world.restart(powerCut: false); world.take(world.board.handle(.offline(reason: "no server"))) }
                default: world.wait(.milliseconds(world.roll(20_000)))
                }
                #expect(world.board.agent.outbox.flights.count <= Outbox.maximumUnacknowledged, "seed \(seed)")
            }
            world.finish()
            let isAll = world.heard == world.said
            #expect(isAll, "seed \(seed): of \(world.said.count) came \(world.heard.count)")
            #expect(world.board.agent.outbox.journal.isEmpty, "seed \(seed)")
            #expect(JournalTests.load(world.disk.bytes).0.isEmpty, "seed \(seed)")
        }
    }

    @Test func `power cuts and a full disk as well: nothing twice, nothing out of order, no alarm lost that was on disk`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var seeds = SplitMix64(seed: seed)
        var lost = 0, total = 0
        for _ in 0..<25 {
            let world = World(seed: seeds.next())
            var sure: [String] = []
            for _ in 0..<200 {
                switch world.roll(14) {
                case 0...3: world.say(.reading)
                case 4:
                    world.say(.alarm)
                    // Written and synced in this moment: no power cut takes it away.
                    if world.board.agent.isOffline, !world.disk.isFull, !world.disk.hasFailed { sure += world.said.suffix(1) }
                case 5: world.cut()
                case 6: world.connect(resumed: true)
                case 7: world.connect(resumed: false)
                case 8, 9: if world.isOnline { world.take(world.board.handle(.acknowledged(world.arrive(world.roll(world.flight.count + 1))))) }
                case 10, 11:
                    world.restart(powerCut: world.roll(2) == 0)
                    if world.roll(2) == 0 { world.take(world.board.handle(.offline(reason: "no server"))) }
                case 12: world.disk.isFull = world.roll(2) == 0
                default: world.wait(.milliseconds(world.roll(100_000)))
                }
                #expect(world.board.agent.outbox.journal.bytes.count <= Journal.maximumBytes, "seed \(seed)")
            }
            world.finish()
            let isInOrder = DeliveryChaosTests.isInOrder(world.heard, of: world.said), isSure = DeliveryChaosTests.isInOrder(sure, of: world.heard)
            #expect(isInOrder, "seed \(seed)")
            #expect(isSure, "seed \(seed)")
            total += world.said.count
            lost += world.said.count - world.heard.count
            #expect(world.board.agent.outbox.trouble == nil, "seed \(seed)")
        }
        print("\(total) reports, \(lost) lost to power cuts and a full disk")
        #expect(lost < total)
    }
}
