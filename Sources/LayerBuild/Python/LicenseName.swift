/// SPDX expressions for the names that packages give their licenses.
enum LicenseName {
    /// The expression that a `License` field stands for; nil where its words are of no known license.
    static func expression(_ name: String) -> String? {
        if let expression = SPDXExpression(name) { return expression.text }
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "+" }
            .filter { !["the", "license", "licence", "version", "software"].contains($0) }
        return names[words.joined(separator: " ")]
    }

    /// The licenses of trove classifiers, all of them together; nil where none is given.
    ///
    /// Classifiers do not say whether one may choose. That all hold is the careful reading.
    static func expression(classifiers: [String]) -> String? {
        let titles = classifiers.filter { $0.hasPrefix("License :: ") }.compactMap { $0.split(separator: " :: ").last.map(String.init) }
            .filter { $0 != "OSI Approved" }
        guard !titles.isEmpty else { return nil }
        let known = Set(titles.map { self.classifiers[$0] ?? $0 }).sorted()
        return known.joined(separator: " AND ")
    }

    private static let names = [
        "mit": "MIT", "expat": "MIT", "mit expat": "MIT", "apache": "Apache-2.0", "apache 2": "Apache-2.0", "apache 2.0": "Apache-2.0",
        "apache2": "Apache-2.0", "apache v2": "Apache-2.0", "apache v2.0": "Apache-2.0", "asl 2.0": "Apache-2.0", "apl2": "Apache-2.0",
        "bsd 3 clause": "BSD-3-Clause", "3 clause bsd": "BSD-3-Clause", "new bsd": "BSD-3-Clause", "modified bsd": "BSD-3-Clause",
        "bsd 3": "BSD-3-Clause", "revised bsd": "BSD-3-Clause", "bsd 2 clause": "BSD-2-Clause", "2 clause bsd": "BSD-2-Clause",
        "simplified bsd": "BSD-2-Clause", "isc": "ISC", "iscl": "ISC", "mpl 2.0": "MPL-2.0", "mozilla public 2.0": "MPL-2.0",
        "mpl2": "MPL-2.0", "psf": "PSF-2.0", "psfl": "PSF-2.0", "python foundation": "PSF-2.0", "unlicense": "Unlicense",
        "public domain": "LicenseRef-Public-Domain", "zlib": "Zlib", "zlib libpng": "Zlib", "hpnd": "HPND", "zpl 2.1": "ZPL-2.1",
        "lgplv3": "LGPL-3.0-only", "lgpl v3": "LGPL-3.0-only", "lgplv3+": "LGPL-3.0-or-later", "lgpl v2.1+": "LGPL-2.1-or-later",
        "gplv2": "GPL-2.0-only", "gplv2+": "GPL-2.0-or-later", "gplv3": "GPL-3.0-only", "gplv3+": "GPL-3.0-or-later",
        "agplv3": "AGPL-3.0-only", "agplv3+": "AGPL-3.0-or-later", "cc0": "CC0-1.0", "cc0 1.0": "CC0-1.0", "wtfpl": "WTFPL", "0bsd": "0BSD",
    ]

    /// By the last part of a classifier. Those that stand for several licenses, such as "BSD License", keep their words.
    private static let classifiers = [
        "MIT License": "MIT", "MIT No Attribution License (MIT-0)": "MIT-0", "Apache Software License": "Apache-2.0",
        "ISC License (ISCL)": "ISC", "Python Software Foundation License": "PSF-2.0", "The Unlicense (Unlicense)": "Unlicense",
        "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
        "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0", "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
        "European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1", "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
        "GNU General Public License v2 (GPLv2)": "GPL-2.0-only", "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
        "GNU General Public License v3 (GPLv3)": "GPL-3.0-only", "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
        "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
        "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
        "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
        "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
        "GNU Affero General Public License v3": "AGPL-3.0-only",
        "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later", "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
        "Zope Public License": "ZPL-2.1", "zlib/libpng License": "Zlib", "Historical Permission Notice and Disclaimer (HPND)": "HPND",
        "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0", "Academic Free License (AFL)": "AFL-3.0",
        "Universal Permissive License (UPL)": "UPL-1.0", "Zero-Clause BSD (0BSD)": "0BSD",
        "Blue Oak Model License (BlueOak-1.0.0)": "BlueOak-1.0.0",
        "University of Illinois/NCSA Open Source License": "NCSA", "Artistic License": "Artistic-2.0", "PostgreSQL License": "PostgreSQL",
    ]
}
