import Testing
import Time

@Suite struct InstantTests {
    @Test func `an instant later by a duration compares later`() {
        let start = Instant(.seconds(5))
        #expect(start < start + .milliseconds(1))
        #expect((start + .seconds(2)) - start == .seconds(2))
    }
}
