import type { StandInCloud } from "../../cloud/server";

/** Versions by which the provider calls each product. */
const versions = {
  vpc: "2016-04-28",
  ecs: "2014-05-26",
  slb: "2014-05-15",
  ram: "2015-05-01",
  kms: "2016-01-20",
  servicemesh: "2020-01-11",
} as const;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Speaks the stand-in's APIs over HTTP, as the provider does. */
export class CloudClient {
  public constructor(private readonly cloud: StandInCloud) {}

  /** A call of the RPC style: a form. */
  public async rpc(product: keyof typeof versions, action: string, form: Record<string, string> = {}): Promise<Answer> {
    const headers = {
      ...{
        authorization: "ACS3-HMAC-SHA256 Credential=key",
        "x-acs-action": action,
        "x-acs-version": versions[product],
      },
      "content-type": "application/x-www-form-urlencoded",
    };
    return answerOf(await fetch(`${this.cloud.url}/`, { method: "POST", headers, body: new URLSearchParams(form) }));
  }

  /** A call of the ROA style: method, path, JSON. */
  public async roa(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: "acs key:signature", "content-type": "application/json" };
    return answerOf(
      await fetch(`${this.cloud.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    );
  }
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}
