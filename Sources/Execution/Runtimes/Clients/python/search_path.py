# Where Lambda's Python runtimes look for modules: sys.path as AWS's bootstrap sets it, `.pth` files counted. It stands before a script
# that lies in /var/runtime.
#
# A function that sets PYTHONPATH gets nothing of its layers but what it names there, as on Lambda.
import os, site, sys

# The runtime's version, not the interpreter's, names the folder of a layer: another interpreter may have been added for it.
version = os.environ["AWS_EXECUTION_ENV"][len("AWS_Lambda_"):]
folders = ["/opt/python/lib/" + version + "/site-packages", "/opt/python"]
runtime = ["/var/lang/lib/python%d.%d/site-packages" % sys.version_info[:2]] if int(version.split(".")[1]) > 10 else []
if "PYTHONPATH" in os.environ:
    folders = runtime = []
sys.path[:0] = ["/var/task"] + folders + runtime
for folder in ["/var/task"] + folders:
    site.addsitedir(folder)
# For what a function starts.
os.environ.setdefault("PYTHONPATH", "/var/runtime")
# Python has set it by itself; these runtimes' system has the locale of LANG.
if int(version.split(".")[1]) < 12 and "LC_CTYPE" in os.environ:
    with open("/proc/self/environ", "rb") as given:
        if b"\0LC_CTYPE=" not in b"\0" + given.read():
            del os.environ["LC_CTYPE"]
