/** A finding as Phoenix knows it. */
export interface KnownFinding {
  /** Of its assessment: `REPOSITORY app`. */
  readonly assessment: string;
  /** What identifies its asset: `repository=app`. */
  readonly asset: string;
  readonly name: string;
  readonly location: string | undefined;
  readonly severity: number;
  readonly isOpen: boolean;
}

export interface ImportRequest {
  readonly importType: 'new' | 'merge' | 'delta';
  readonly assessment: { readonly assetType: string; readonly name: string };
  readonly assets: readonly ImportedAsset[];
}

export interface ImportedAsset {
  readonly attributes: Readonly<Record<string, string>>;
  readonly findings?: readonly ImportedFinding[];
}

export interface ImportedFinding {
  readonly name: string;
  readonly description: string;
  readonly remedy: string;
  readonly severity: string | number;
  readonly location?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * What Phoenix holds after a row of imports, by its description: `delta` adds and updates and touches nothing else; `new` and `merge` take the
 * request for all that there is in the assessment and close what is not in it, `new` after it has removed the findings of the assets.
 */
export class PhoenixInventory {
  readonly #assessments = new Map<string, Map<string, Map<string, KnownFinding>>>();

  apply({ importType, assessment, assets }: ImportRequest): void {
    const name = `${assessment.assetType} ${assessment.name}`;
    const known = this.#assessments.get(name) ?? new Map<string, Map<string, KnownFinding>>();
    this.#assessments.set(name, known);
    if (importType !== 'delta') {
      for (const findings of known.values()) for (const [id, finding] of findings) findings.set(id, { ...finding, isOpen: false });
    }
    for (const { attributes, findings = [] } of assets) {
      const asset = identify(assessment.assetType, attributes);
      const held = (importType === 'new' ? undefined : known.get(asset)) ?? new Map<string, KnownFinding>();
      known.set(asset, held);
      for (const { name: title, location, severity } of findings) {
        const finding = { assessment: name, asset, name: title, location, severity: Number(severity), isOpen: true };
        held.set(JSON.stringify([title, location]), finding);
      }
    }
  }

  list(): KnownFinding[] {
    return [...this.#assessments.values()].flatMap((assets) => [...assets.values()].flatMap((findings) => [...findings.values()]));
  }

  /** `asset: name`, sorted. */
  listOpen(): string[] {
    return this.#describe(true);
  }

  listClosed(): string[] {
    return this.#describe(false);
  }

  listAssets(): string[] {
    return [...this.#assessments.values()].flatMap((assets) => [...assets.keys()]).sort();
  }

  #describe(isOpen: boolean): string[] {
    return this.list()
      .filter((finding) => finding.isOpen === isOpen)
      .map(({ asset, name }) => `${asset}: ${name}`)
      .sort();
  }
}

/** By which attributes Phoenix takes two assets for the same. */
const identifying: Readonly<Record<string, readonly string[]>> = {
  INFRA: ['ip', 'hostname'],
  WEB: ['fqdn', 'ip'],
  CLOUD: ['providerType', 'providerAccountId', 'providerResourceId'],
  CONTAINER: ['dockerfile'],
  REPOSITORY: ['repository'],
  CODE: ['scannerSource'],
  BUILD: ['buildFile'],
};

function identify(assetType: string, attributes: Readonly<Record<string, string>>): string {
  const names = identifying[assetType]!.filter((name) => attributes[name] !== undefined);
  // A machine is known by its address, and a site by its name, when there is one.
  const telling = assetType === 'CLOUD' ? names : names.slice(0, 1);
  return telling.map((name) => `${name}=${attributes[name]}`).join(' ');
}
