import Time

/// The earliest of some moments, or none.
struct Earliest {
    private(set) var instant: Instant?

    @inline(never)
    mutating func consider(_ other: Instant?) {
        guard let other else { return }
        if let instant, instant <= other { return }
        instant = other
    }
}
