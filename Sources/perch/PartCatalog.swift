import Agent
import Board
import Text

/// What the installed parts say of themselves.
struct PartCatalog {
    /// Files read: some 50 are installed.
    static let limit = 512

    let cards: [PartCard]

    init() {
        var cards: [PartCard] = []
        for name in DataDirectory.names(.parts).prefix(Self.limit) {
            if let bytes = DataDirectory.read(.parts, name) { cards.append(PartCard.read(name, bytes)) }
        }
        self.cards = cards
    }

    /// The part that the kernel shows like this: "iio", "bme280".
    @inline(never)
    func card(_ kind: String, _ device: String) -> PartCard? {
        for card in cards where card.sourceKind == kind && card.fits(device) { return card }
        return nil
    }

    /// What a configured sensor needs: by its part, else by what it is read from.
    func needs(_ part: String?, _ source: SensorSource, _ written: String) -> SensorNeeds? {
        var found: PartCard?
        for card in cards where card.name == part { found = card }
        let (kind, device) = SensorListing.device(of: source, written)
        return (found ?? card(kind, device)).map(needs)
    }

    /// The chip of lines that a pin is on, "mcp23017:3".
    func needs(chipOf pin: String) -> SensorNeeds? {
        for card in cards where !card.chip.isEmpty && pin.utf8.starts(with: (card.chip + ":").utf8) { return needs(card) }
        return nil
    }

    private func needs(_ card: PartCard) -> SensorNeeds {
        SensorNeeds(part: card.name, enable: card.enable, drivers: card.drivers, devices: card.devices, newDevice: card.newDevice)
    }
}
