/// Where Lambda's Python runtimes look for modules: sys.path as AWS's bootstrap sets it.
enum PythonSearchPath {
    /// The beginning of a script that sets it, and imports os and sys. The script itself lies in /var/runtime.
    static let script = """
        import os, site, sys
        layer = "/opt/python/lib/python%d.%d/site-packages" % sys.version_info[:2]
        sys.path[:] = ["/var/task", layer, "/opt/python"] + sys.path
        if os.path.isdir(layer):
            site.addsitedir(layer)

        """
}
