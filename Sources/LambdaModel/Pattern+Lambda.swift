/// The patterns of Lambda's API (botocore: `lambda/2015-03-31`).
extension Pattern {
    private static let region = "(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}"

    public static let layerName = Pattern(
        "(arn:(aws[a-zA-Z-]*)?:lambda:\(region):\\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})")
    public static let layerVersionARN = Pattern(
        "(arn:(aws[a-zA-Z-]*)?:lambda:\(region):\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)")
    public static let functionName = Pattern(
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?(\(region):)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?")
    /// The same where names of other accounts' namespaces are taken.
    public static let namespacedFunctionName = Pattern(
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?(\(region):)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
    )
    public static let qualifier = Pattern("\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+")
    public static let alias = Pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)")
    public static let aliasVersion = Pattern("(\\$LATEST(\\.PUBLISHED)?|[0-9]+)")
    public static let statementID = Pattern("([a-zA-Z0-9-_]+)")
    public static let functionStatementID = Pattern("([a-zA-Z0-9-_.]+)")
    public static let functionAction = Pattern("(lambda:[*]|lambda:[a-zA-Z]+|[*])")
    public static let functionPrincipal = Pattern("[^\\s]+")
    public static let layerAction = Pattern("lambda:GetLayerVersion")
    public static let layerPrincipal = Pattern("\\d{12}|\\*|arn:(aws[a-zA-Z-]*):iam::\\d{12}:root")
    public static let organizationID = Pattern("o-[a-z0-9]{10,32}")
    public static let account = Pattern("\\d{12}")
    public static let eventSourceToken = Pattern("[a-zA-Z0-9._\\-]+")
    public static let arn = Pattern("arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:(\(region))?:(\\d{12})?:(.*)")
    public static let optionalARN = Pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()")
    public static let destination = Pattern("$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|\(arn.text)")
    public static let role = Pattern("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+")
    public static let handler = Pattern("[^\\s]+")
    public static let logGroup = Pattern("[\\.\\-_/#A-Za-z0-9]+")
    public static let variableName = Pattern("[a-zA-Z]([a-zA-Z0-9_])+")
    public static let tag = Pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)")
    public static let bucket = Pattern("[0-9A-Za-z\\.\\-_]*(?<!\\.)")
    public static let taggableResource = Pattern(
        "arn:(aws[a-zA-Z-]*):lambda:\(region):\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})"
    )
}
