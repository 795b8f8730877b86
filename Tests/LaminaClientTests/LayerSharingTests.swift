import LaminaErrors
import Testing

@testable import LaminaClient

@Suite struct LayerSharingTests {
    @Test(arguments: [
        ("111122223333", LayerGrantee.account("111122223333"), "account-111122223333"),
        ("o-a1b2c3d4e5", .organization("o-a1b2c3d4e5"), "organization-o-a1b2c3d4e5"), ("public", .everyone, "public"),
    ])
    func aGranteeHasAStatementOfItsOwn(_ text: String, _ grantee: LayerGrantee, _ statement: String) throws {
        let parsed = try LayerGrantee(text)
        #expect(parsed == grantee)
        #expect(parsed.statementID == statement)
        #expect("\(parsed)" == text)
    }

    @Test(arguments: ["", "*", "11112222333", "o-ABC", "o-short", "everyone"]) func othersAreRefused(_ text: String) {
        #expect(throws: LaminaError.self) { try LayerGrantee(text) }
    }

    @Test func aPolicysStatementsTellWhomTheyGrant() throws {
        let policy = try LayerPolicy(
            """
            {"Version": "2012-10-17", "Id": "default", "Statement": [
              {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "lambda:GetLayerVersion"},
              {"Sid": "b", "Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
              {"Sid": "c", "Effect": "Allow", "Principal": "*"},
              {"Sid": "d", "Effect": "Allow", "Principal": "444455556666"},
              {"Sid": "e", "Effect": "Allow", "Principal": "*", "OrganizationId": "o-a1b2c3d4e5"},
              {"Sid": "f", "Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/x": "y"}}},
              {"Sid": "h", "Effect": "Allow", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": ["true"]}}},
              {"Sid": "i", "Effect": "Allow", "Principal": "*",
               "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:PrincipalTag/x": "y"}}},
              {"Sid": "k", "Effect": "Deny", "Principal": "*"},
              {"Sid": "j", "Effect": "Allow", "Principal": "111122223333", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.1"}}},
              {"Sid": "g", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/x"}}
            ]}
            """)
        #expect(policy.statements.map(\.id) == ["a", "b", "c", "d", "e", "f", "h", "i", "j", "g"])
        #expect(
            policy.statements.map(\.grantee) == [
                .account("111122223333"), .organization("o-a1b2c3d4e5"), .everyone, .account("444455556666"),
                .organization("o-a1b2c3d4e5"), nil, nil, nil, nil, nil,
            ])
    }

    static func hints(_ layer: String, caller: String?, action: String = "lambda:GetLayerVersion") throws -> [String] {
        LayerAccessHints(layer: try LayerReference(layer), version: 3, action: action, region: "us-east-1", caller: caller).lines
    }

    @Test func aDeniedLayerMayBeElsewhereAbsentOrNotGranted() throws {
        let arn = "arn:aws:lambda:eu-west-1:111122223333:layer:tools"
        let hints = try Self.hints(arn, caller: "444455556666")
        #expect(hints.count == 3)
        #expect(hints[0] == "the ARN names eu-west-1, and us-east-1 was asked: add --region eu-west-1")
        #expect(hints[1].hasPrefix("\(arn):3 may not exist"))
        #expect(hints[2].contains("lamina grant \(arn):3 --to 444455556666,"))
        #expect(
            hints[2].hasSuffix(
                "aws lambda add-layer-version-permission --layer-name \(arn) --version-number 3 --statement-id account-444455556666 --principal 444455556666 --action lambda:GetLayerVersion"
            ))
    }

    @Test func inTheRightRegionTheRegionIsNotBlamedForSure() throws {
        let hints = try Self.hints("arn:aws:lambda:us-east-1:111122223333:layer:tools", caller: nil)
        #expect(hints[0].contains("may be in another region than us-east-1"))
        #expect(hints[2].contains("--to YOUR-ACCOUNT"))
    }

    @Test(arguments: ["tools", "arn:aws:lambda:us-east-1:111122223333:layer:tools"])
    func onesOwnLayerNeedsNoGrantButARight(_ layer: String) throws {
        let hints = try Self.hints(layer, caller: "111122223333")
        #expect(hints.contains("your user or role may lack lambda:GetLayerVersion in its own policy"))
        #expect(!hints.contains { $0.contains("lamina grant") })
    }
}
