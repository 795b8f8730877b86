import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import Storage

extension KeyCommand {
    /// `lamina key disable`.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a key until it is enabled again.",
            discussion: """
                EXAMPLES
                  lamina key disable AKIAEXAMPLEEXAMPLE
                  lamina key disable AKIAEXAMPLEEXAMPLE --account 111122223333 --format json
                """)

        @OptionGroup var key: KeyReference

        func run() async throws {
            try key.change("disabled") { catalog, key in _ = try catalog.setAccessKey(key.id, isDisabled: true) }
        }
    }

    /// `lamina key enable`.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a disabled key again.",
            discussion: """
                EXAMPLES
                  lamina key enable AKIAEXAMPLEEXAMPLE
                """)

        @OptionGroup var key: KeyReference

        func run() async throws {
            try key.change("enabled") { catalog, key in _ = try catalog.setAccessKey(key.id, isDisabled: false) }
        }
    }

    /// `lamina key delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a key. In place of the root key a new one is made, which 'lamina env' prints.",
            discussion: """
                EXAMPLES
                  lamina key delete AKIAEXAMPLEEXAMPLE
                  lamina key delete AKIAEXAMPLEEXAMPLE --account 111122223333
                """)

        @OptionGroup var key: KeyReference

        func run() async throws {
            try key.change("deleted") { catalog, key in
                _ = try catalog.deleteAccessKey(key.id)
                guard key.isRoot else { return }
                try catalog.insert(AccessKey.make(account: key.account, access: .full, isRoot: true, created: Date()))
            }
        }
    }
}

/// Which key a verb changes.
struct KeyReference: ParsableArguments {
    @Argument(help: "The key's id.")
    var id: String

    @Option(help: "The account that it must be of. Default: any.")
    var account: String?

    @OptionGroup var folder: DataOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        if let account, !account.isAccountID { throw ValidationError("an account has 12 digits; '\(account)' is none") }
    }

    /// Changes the key and says so.
    ///
    /// - Throws: ``LaminaError`` `notFound` when there is none, or none of the account.
    func change(_ name: String, _ change: (CatalogTransaction, AccessKey) throws -> Void) throws {
        let key = try DataFolder.catalog(of: folder.path).writeNow { catalog in
            guard let key = try catalog.accessKey(id), account == nil || account == key.account else {
                let place = account.map { " of account \($0)" } ?? ""
                throw LaminaError(.notFound, "there is no key \(id)\(place); 'lamina key list' shows those there are")
            }
            try change(catalog, key)
            return key
        }
        try format.print(KeyChange(accessKeyId: key.id, account: key.account, change: name))
    }
}

/// What was done with a key.
private struct KeyChange: Encodable, TableRenderable {
    var accessKeyId: String
    var account: String
    /// As in `disabled`.
    var change: String

    var table: String { "\(change) \(accessKeyId) of account \(account)\n" }
}
