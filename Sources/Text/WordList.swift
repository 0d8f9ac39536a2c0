/// The words between the blanks of `text`: a table of words as one constant, where an array of literals is made by code for each of them.
@inline(never)
public func wordList(_ text: StaticString) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    text.withUTF8Buffer { letters in
        for byte in letters {
            if byte != UInt8(ascii: " ") {
                word.append(byte)
                continue
            }
            words.append(String(decoding: word, as: UTF8.self))
            word = []
        }
    }
    words.append(String(decoding: word, as: UTF8.self))
    return words
}
