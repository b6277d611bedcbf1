// The import rules of README.md, "Where everything is". `npm run lint` enforces them.

/** Each folder may import only the folders in its list. */
const MAY_IMPORT = {
    "components/domain": [],
    "components/policies": ["components/domain"],
    "components/checks": ["components/domain", "components/policies"],
    "components/args": ["components/domain", "components/policies"],
    "components/existing": [
        "components/domain",
        "components/policies",
        "components/checks",
        "components/args",
    ],
    "components/config": ["components/domain", "components/policies", "components/checks", "components/args"],
};

/** The component files, directly below components/. */
const COMPONENTS = "^components/[^/]+[.]ts$";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
    forbidden: [
        {
            name: "no-circular",
            comment: "No circular imports, type-only ones included.",
            severity: "error",
            from: {},
            to: { circular: true },
        },
        ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
            name: `${folder.replace("components/", "")}-imports`,
            comment: `${folder} may import ${allowed.join(", ") || "no folder of this repository"}.`,
            severity: "error",
            from: { path: `^${folder}/` },
            to: {
                path: "^(index[.]ts|components|commands|testing|tests)",
                pathNot: [folder, ...allowed].map((path) => `^${path}/`),
            },
        })),
        {
            name: "components-imports",
            comment: "Components get plain arguments: they read no stack config and judge no facts.",
            severity: "error",
            from: { path: COMPONENTS },
            to: { path: "^(index[.]ts|commands|testing|tests|components/(config|checks))" },
        },
        {
            name: "commands-imports",
            comment: "Commands import the pure folders and config; `render` also runs the whole program.",
            severity: "error",
            from: { path: "^commands/", pathNot: "^commands/render[.]ts$" },
            to: { path: `^(index[.]ts|testing|tests|components/existing)|${COMPONENTS}` },
        },
        {
            name: "nothing-imports-commands",
            severity: "error",
            from: { path: "^(index[.]ts|components|testing)" },
            to: { path: "^(commands|tests)" },
        },
        {
            name: "testing-imports",
            comment: "The mock engine and the placeholder provider do not depend on the program.",
            severity: "error",
            from: { path: "^testing/" },
            to: { path: "^(index[.]ts|components/(?!domain/)|commands)" },
        },
        {
            name: "pure",
            comment: "Pure folders use no resources, files or processes.",
            severity: "error",
            from: { path: "^components/(domain|policies|checks|args)/" },
            to: { path: "@pulumi/(aws|tls)|^(node:)?(fs|child_process|process)$" },
        },
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.json" },
        exclude: { path: "^(build|policy)/" },
    },
};
