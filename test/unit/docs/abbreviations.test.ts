import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { filesBelow } from "../../../tools/files-below";
import { projectRoot } from "../../../tools/paths";

/*
 * Abbreviations that not every reader of a page knows are explained where they come first, whoever wrote it: a person, or a
 * generator from texts of the sources. What everybody knows who runs Kubernetes (HTTP, TLS, DNS, API, YAML) needs none.
 */

/** Abbreviation -> what stands beside its first use. */
const explained: Readonly<Record<string, RegExp>> = {
  ACK: /Container Service for Kubernetes|managed Kubernetes|Kubernetes cluster of Alibaba Cloud|Alibaba Cloud \(ACK\)/,
  ALB: /Application Load Balancer/,
  ALPN: /protocol that TLS negotiates/,
  ASM: /Service Mesh/,
  CEL: /Common Expression Language/,
  CLB: /Classic|load balancer \(CLB\)/,
  CNI: /network \(CNI\) plugin|network plugin/,
  CORS: /other origins/,
  CRD: /custom resource definition/,
  ECS: /virtual machines|Elastic Compute Service/,
  HAR: /HTTP archive/,
  HPA: /autoscaler/,
  KMS: /Key Management Service|key management/,
  NLB: /Network Load Balancer/,
  NSS: /certificate database/,
  OTLP: /OpenTelemetry's protocol/,
  PDB: /disruption budget/,
  RAM: /Resource Access Management|users, roles and permissions/,
  RRSA: /for service accounts/,
  SDS: /secret discovery/,
  SLB: /load balancer/,
  SLS: /[Ll]og [Ss]ervice/,
  URN: /name in the state/,
  VPC: /[Vv]irtual [Pp]rivate [Cc]loud|private network/,
  mTLS: /mutual TLS/,
};

/** How far from the first use, in characters. */
const near = 100;

const pages = [
  ...filesBelow(join(projectRoot, "docs")).filter((file) => file.endsWith(".md") && !file.endsWith(".api.md")),
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"].map((name) => join(projectRoot, name)),
];

/** The prose of a page: no code, no headings, no targets of links. What is cut keeps its length. */
function prose(text: string): string {
  const blank = (found: string) => " ".repeat(found.length);
  return text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/^#+ .*$/gm, blank)
    .replace(/\]\([^)\n]*\)/g, blank);
}

/** Of each abbreviation that a page uses: the words around its first use, where they do not explain it. */
function unexplained(text: string): string[] {
  const words = prose(text);
  return Object.entries(explained).flatMap(([abbreviation, explanation]) => {
    const at = words.search(new RegExp(`\\b${abbreviation}s?\\b`));
    if (at < 0) return [];
    const around = words.slice(Math.max(0, at - near), at + near);
    return explanation.test(around.replace(/\s+/g, " ")) ? [] : [`${abbreviation}: ${around.replace(/\s+/g, " ")}`];
  });
}

describe("abbreviations in the docs", () => {
  for (const page of pages) {
    it(`are explained at their first use in ${relative(projectRoot, page)}`, () => {
      assert.deepEqual(unexplained(readFileSync(page, "utf8")), []);
    });
  }

  it("are found in prose, and not in code, headings and links", () => {
    assert.equal(unexplained("The gateway of ASM is this.").length, 1);
    assert.deepEqual(unexplained("Alibaba Cloud Service\nMesh (ASM) and then ASM."), []);
    assert.deepEqual(unexplained("# ASM\n\n`ASM` in [text](ASM.md)\n\n```sh\nASM\n```\n"), []);
    assert.equal(unexplained(`${"ASM here.".padEnd(200, " x")} Alibaba Cloud Service Mesh`).length, 1);
  });
});
