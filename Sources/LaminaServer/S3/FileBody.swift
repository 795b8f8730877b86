import Hummingbird

extension ResponseBody {
    /// A range of a file, which is open already and stays what it is, read as it is sent.
    init(file: OpenFile, range: Range<Int>) {
        self.init(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let piece = try await file.read(at: offset, count: min(1 << 18, range.upperBound - offset))
                offset += piece.readableBytes
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
    }
}
