/// Where a Python layer's packages lie in the zip.
public enum PythonLayout: String, Sendable, CaseIterable {
    /// `python/`, which every Python runtime searches.
    case python
    /// `python/lib/python3.N/site-packages/`, which only Python 3.N searches, and where `.pth` files count.
    case sitePackages = "site-packages"

    /// The folder of purelib and platlib, without a trailing slash.
    public func siteFolder(minor: Int) -> String {
        switch self {
        case .python: "python"
        case .sitePackages: "python/lib/python3.\(minor)/site-packages"
        }
    }
}
