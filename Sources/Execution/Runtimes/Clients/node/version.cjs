"use strict";

// The runtime decides how functions are run, even where a user has named another version of Node.js for it.
const [, ofRuntime] = /^AWS_Lambda_nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? "") ?? [];

module.exports = { major: Number(ofRuntime ?? process.versions.node.split(".")[0]) };
