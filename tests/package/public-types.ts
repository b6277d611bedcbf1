import path from "node:path";
import ts from "typescript";

/**
 * The types of a package that are in a signature of its public API, and that it does not export: `name (file)`.
 * @param entry The package's declaration file.
 */
export function unexportedTypes(entry: string): readonly string[] {
    const folder = path.dirname(entry);
    const program = ts.createProgram([entry], { module: ts.ModuleKind.NodeNext, skipLibCheck: true });
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) {
        throw new Error(`${entry} is not a module`);
    }
    const aliased = (symbol: ts.Symbol) =>
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const exported = new Set(checker.getExportsOfModule(module).map(aliased));
    const found = new Set<string>();
    const visit = (node: ts.Node): void => {
        const named = ts.isTypeReferenceNode(node)
            ? node.typeName
            : ts.isExpressionWithTypeArguments(node)
              ? node.expression
              : ts.isTypeQueryNode(node)
                ? node.exprName
                : undefined;
        const symbol = named && checker.getSymbolAtLocation(named);
        const target = symbol && aliased(symbol);
        for (const declaration of target?.declarations ?? []) {
            const { fileName } = declaration.getSourceFile();
            const isOwn = fileName.startsWith(`${folder}/`) && !ts.isTypeParameterDeclaration(declaration);
            if (target && isOwn && !exported.has(target)) {
                found.add(`${target.name} (${path.relative(folder, fileName)})`);
            }
        }
        if (named && target?.declarations === undefined) {
            found.add(`${named.getText()} (not found)`);
        }
        ts.forEachChild(node, visit);
    };
    for (const symbol of exported) {
        symbol.declarations?.forEach(visit);
    }
    return [...found].sort();
}
