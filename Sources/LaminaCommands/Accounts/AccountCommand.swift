import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import Storage

/// `lamina account`.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Make and list the accounts of a server of this machine.",
        discussion: """
            An account owns layers and functions; its keys speak for it. Layers are shared with accounts and organizations by
            'lamina grant'. A server may be running meanwhile.

            EXAMPLES
              lamina account create
              lamina account create 111122223333 --organization o-a1b2c3d4e5
              lamina account list
            """, subcommands: [Create.self, List.self])

    /// `lamina account create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account.",
            discussion: """
                EXAMPLES
                  lamina account create
                  lamina account create 111122223333 --organization o-a1b2c3d4e5
                """)

        @Argument(help: "12 digits. Default: random ones.")
        var id: String?

        @Option(help: "The organization that it belongs to, as in o-a1b2c3d4e5.")
        var organization: String?

        @OptionGroup var folder: DataOption
        @OptionGroup var format: FormatOption

        func validate() throws {
            if let id, !id.isAccountID { throw ValidationError("an account has 12 digits; '\(id)' is none") }
            if let organization, !organization.isOrganizationID {
                throw ValidationError("an organization is o- and 10 to 32 of a-z and 0-9; '\(organization)' is none")
            }
        }

        func run() async throws {
            let id = id ?? String(Int.random(in: 100_000_000_000...999_999_999_999))
            let account = Account(id: id, organization: organization, created: Date())
            guard try DataFolder.catalog(of: folder.path).writeNow({ try $0.insert(account) }) else {
                throw LaminaError(.alreadyExists, "there is an account \(id) already")
            }
            try format.print(AccountList(accounts: [AccountList.Item(account)]))
        }
    }

    /// `lamina account list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts.",
            discussion: """
                EXAMPLES
                  lamina account list --format json
                """)

        @OptionGroup var folder: DataOption
        @OptionGroup var format: FormatOption

        func run() async throws {
            let accounts = try DataFolder.catalog(of: folder.path).read { try $0.accounts() }
            try format.print(AccountList(accounts: accounts.map(AccountList.Item.init)))
        }
    }
}

/// Accounts as they are printed.
private struct AccountList: Encodable, TableRenderable {
    var accounts: [Item]

    struct Item: Encodable {
        var account: String
        var organization: String?
        var created: String

        init(_ account: Account) {
            self.account = account.id
            organization = account.organization
            created = AWSDate.format(account.created)
        }
    }

    var table: String {
        TextTable(
            columns: [.left, .left, .left],
            rows: [["ACCOUNT", "CREATED", "ORGANIZATION"]]
                + accounts.map { [$0.account, String($0.created.prefix(10)), $0.organization ?? ""] }
        ).text
    }
}
