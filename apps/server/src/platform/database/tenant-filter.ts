import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  IdentifierNode,
  OnNode,
  OperationNodeTransformer,
  OperatorNode,
  RawNode,
  ReferenceNode,
  TableNode,
  WhereNode,
} from 'kysely';
import type { DeleteQueryNode, JoinNode, KyselyPlugin, OperationNode, RootOperationNode, SelectQueryNode, UpdateQueryNode } from 'kysely';

/**
 * The first lock between tenants: every table of a query that is built gets `tenant_id = current_tenant()`, whether the query asks for it or
 * not. So a login that row-level security does not bind (a superuser, as some set-ups have it) still sees one tenant at a time. Text of
 * SQL is not looked at: whoever writes some, writes the condition.
 */
export const tenantFilter: KyselyPlugin = {
  transformQuery: ({ node }) => new TenantFilter(listNamesOfParts(node)).transformNode(node),
  transformResult: async ({ result }) => result,
};

/** What a query names by WITH is no table. */
function listNamesOfParts(node: RootOperationNode): ReadonlySet<string> {
  const expressions = 'with' in node ? (node.with?.expressions ?? []) : [];
  return new Set(expressions.map(({ name }) => name.table.table.identifier.name));
}

class TenantFilter extends OperationNodeTransformer {
  readonly #parts: ReadonlySet<string>;

  constructor(parts: ReadonlySet<string>) {
    super();
    this.#parts = parts;
  }

  protected override transformSelectQuery(node: SelectQueryNode): SelectQueryNode {
    return this.#addCondition(super.transformSelectQuery(node), node.from?.froms ?? []);
  }

  protected override transformUpdateQuery(node: UpdateQueryNode): UpdateQueryNode {
    return this.#addCondition(super.transformUpdateQuery(node), [...(node.table ? [node.table] : []), ...(node.from?.froms ?? [])]);
  }

  protected override transformDeleteQuery(node: DeleteQueryNode): DeleteQueryNode {
    return this.#addCondition(super.transformDeleteQuery(node), [...node.from.froms, ...(node.using?.tables ?? [])]);
  }

  protected override transformJoin(node: JoinNode): JoinNode {
    const join = super.transformJoin(node);
    const condition = this.#buildCondition([node.table]);
    if (condition === undefined) return join;
    return { ...join, on: join.on === undefined ? OnNode.create(condition) : OnNode.cloneWithOperation(join.on, 'And', condition) };
  }

  #addCondition<Query extends { readonly where?: WhereNode }>(query: Query, tables: readonly OperationNode[]): Query {
    const condition = this.#buildCondition(tables);
    if (condition === undefined) return query;
    return {
      ...query,
      where: query.where === undefined ? WhereNode.create(condition) : WhereNode.cloneWithOperation(query.where, 'And', condition),
    };
  }

  #buildCondition(tables: readonly OperationNode[]): OperationNode | undefined {
    return tables
      .map((table) => this.#findName(table))
      .filter((name) => name !== undefined)
      .map(isOfTenant)
      .reduce<OperationNode | undefined>((all, each) => (all === undefined ? each : AndNode.create(all, each)), undefined);
  }

  /** How the query calls a table; undefined for what is none. */
  #findName(node: OperationNode): string | undefined {
    if (AliasNode.is(node)) {
      return TableNode.is(node.node) && IdentifierNode.is(node.alias) && !this.#isPart(node.node) ? node.alias.name : undefined;
    }
    return TableNode.is(node) && !this.#isPart(node) ? node.table.identifier.name : undefined;
  }

  #isPart({ table }: TableNode): boolean {
    return this.#parts.has(table.identifier.name);
  }
}

function isOfTenant(table: string): OperationNode {
  const column = ReferenceNode.create(ColumnNode.create('tenant_id'), TableNode.create(table));
  return BinaryOperationNode.create(column, OperatorNode.create('='), RawNode.createWithSql('current_tenant()'));
}
