import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import Storage

extension KeyCommand {
    /// `lamina key list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List keys, without their secrets.",
            discussion: """
                EXAMPLES
                  lamina key list
                  lamina key list --account 111122223333 --format json
                """)

        @Option(help: "The account whose keys to list. Default: all.")
        var account: String?

        @OptionGroup var folder: DataOption
        @OptionGroup var format: FormatOption

        func validate() throws {
            if let account, !account.isAccountID { throw ValidationError("an account has 12 digits; '\(account)' is none") }
        }

        func run() async throws {
            let keys = try DataFolder.catalog(of: folder.path).read { catalog in
                if let account, try catalog.account(account) == nil {
                    throw LaminaError(.notFound, "there is no account \(account); 'lamina account list' shows those there are")
                }
                return try catalog.accessKeys(of: account)
            }
            try format.print(KeyList(keys: keys.map(KeyList.Item.init)))
        }
    }
}

/// Keys as they are listed.
private struct KeyList: Encodable, TableRenderable {
    var keys: [Item]

    struct Item: Encodable {
        var accessKeyId: String
        var account: String
        var access: String
        var isDisabled: Bool
        var isRoot: Bool
        var created: String

        init(_ key: AccessKey) {
            accessKeyId = key.id
            account = key.account
            access = key.access.rawValue
            isDisabled = key.isDisabled
            isRoot = key.isRoot
            created = AWSDate.format(key.created)
        }
    }

    var table: String {
        TextTable(
            columns: [.left, .left, .left, .left, .left],
            rows: [["KEY", "ACCOUNT", "ACCESS", "CREATED", "STATE"]]
                + keys.map {
                    [
                        $0.accessKeyId, $0.account, $0.access, String($0.created.prefix(10)),
                        [$0.isDisabled ? "disabled" : nil, $0.isRoot ? "root" : nil].compactMap(\.self).joined(separator: ", "),
                    ]
                }
        ).text
    }
}
