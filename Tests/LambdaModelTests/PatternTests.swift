import LambdaModel
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        Pattern.functionName, .namespacedFunctionName, .qualifier, .alias, .aliasVersion, .statementID, .functionStatementID,
        .functionAction, .functionPrincipal, .layerName, .layerVersionARN, .layerAction, .layerPrincipal, .organizationID, .account,
        .eventSourceToken, .arn, .optionalARN, .destination, .role, .handler, .logGroup, .variableName, .tag, .bucket, .taggableResource,
    ])
    func everyPatternIsOneThatCanBeRead(_ pattern: Pattern) { #expect(pattern.isValid, "\(pattern.text)") }

    @Test func aTextMatchesAsAWholeOrNotAtAll() {
        #expect(Pattern.statementID.matches("a-b_1"))
        for text in ["", "a b", "a\n", "\na", "é"] { #expect(!Pattern.statementID.matches(text)) }
    }

    @Test func layersOfRegionsThatAreNoneAreNoLayers() {
        let scope = Scope(account: "000000000000", region: "us-east-1")
        for region in ["foo_-bar-baz", "US-EAST-1", "us-east-12", "us-east", "us--1"] {
            #expect(LayerARN(nameOrARN: "arn:aws:lambda:\(region):000000000000:layer:a", scope: scope) == nil)
        }
        for region in ["us-east-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"] {
            #expect(LayerVersionARN("arn:aws:lambda:\(region):000000000000:layer:a:1")?.layer.scope.region == region)
        }
        for version in ["+1", "-1", "", "x"] { #expect(LayerVersionARN("arn:aws:lambda:us-east-1:000000000000:layer:a:\(version)") == nil) }
    }

    @Test(arguments: [
        "f1", "function:f1", "000000000000:f1", "000000000000:function:f1", "us-east-1:000000000000:f1",
        "us-east-1:000000000000:function:f1",
        "arn:aws:lambda:us-east-1:000000000000:f1", "arn:aws:lambda:us-east-1:000000000000:function:f1",
    ])
    func aFunctionHasManyNames(_ text: String) {
        let scope = Scope(account: "000000000000", region: "us-east-1")
        #expect(FunctionARN(nameOrARN: text, scope: scope) == FunctionARN(scope: scope, name: "f1"))
        #expect(FunctionARN(nameOrARN: text + ":live", scope: scope) == FunctionARN(scope: scope, name: "f1", qualifier: "live"))
    }
}
