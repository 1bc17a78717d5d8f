import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const entry = fileURLToPath(new URL('../src/scim/index.ts', import.meta.url));

/** Names that a host can import, as the checker knows them. */
function exportedSymbols(): { checker: ts.TypeChecker; symbols: readonly ts.Symbol[] } {
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: [],
    noEmit: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error('src/scim/index.ts exports nothing.');
  const symbols = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  return { checker, symbols };
}

describe('the documentation of the front door', () => {
  it('says of every exported name what it is', () => {
    const { checker, symbols } = exportedSymbols();
    expect(symbols.length).toBeGreaterThan(20);
    const bare = symbols.filter((symbol) => symbol.getDocumentationComment(checker).length === 0);
    expect(bare.map(({ name }) => name).sort()).toEqual([]);
  });
});
