import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connect as tlsConnect } from "node:tls";
import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { WebSocket } from "ws";
import { workFolder } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";
import { lanes, stack as stackName } from "../support";
import { Browser } from "./browser";
import { type ChartSocket, chartHost, chartSecret, openChart } from "./chart-socket";
import { HostClient } from "./http";
import { applyScenarios, changedScenario, ScenarioStack, useScenarios } from "./stack";

const file = "scenarios/s3-live-chart.yaml";
const host = chartHost;
const secret = chartSecret;

/** With this variable set, the pictures of the documentation are recreated in that folder. */
const images = process.env.MESH_LANES_E2E_IMAGES;

describe("S3: a live chart over ws and wss", () => {
  const stack = useScenarios();
  let client: HostClient;
  const closing: (() => unknown)[] = [];

  before(() => {
    client = new HostClient(stack().url("default/tornado-gateway/http"), host);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  after(() => client.close());

  const secure = () => new URL(stack().url("default/tornado-gateway/https"));
  const securePort = () => Number(secure().port || 443);
  const authority = () => stack().authorities[secret] ?? "";

  async function openBrowser(trusted: boolean): Promise<Browser> {
    const plain = new URL(stack().url("default/tornado-gateway/http"));
    const rules = [
      { host, port: 80, target: `${plain.hostname}:${plain.port || 80}` },
      { host, port: 443, target: `${secure().hostname}:${securePort()}` },
    ];
    const browser = await Browser.start({ rules, ...(trusted && { authority: authority() }) });
    closing.push(() => browser.close());
    return browser;
  }

  /** Opens the chart in windows of one browser, one after the other, until each is live. */
  async function openWindows(browser: Browser, url: string, count: number): Promise<Page[]> {
    const windows: Page[] = [];
    for (let index = 0; index < count; index += 1) {
      const window = await browser.window();
      await window.goto(url);
      await window.waitForSelector('html[data-state="live"]', { timeout: 20_000 });
      windows.push(window);
    }
    return windows;
  }

  const shows = (window: Page, id: number, value: number) =>
    window.waitForSelector(`[data-bar="${id}"][data-value="${value}"]`, { timeout: 10_000, state: "attached" });

  async function set(id: number, value: number): Promise<void> {
    const answer = await client.get(`/api?id=${id}&value=${value}`);
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { id, value }]);
  }

  async function openSocket(): Promise<ChartSocket> {
    const opened = await openChart(secure().href, authority());
    closing.push(() => opened.socket.close());
    return opened;
  }

  /** The serial number of the certificate that a new connection gets, or why there is none. */
  async function servedCertificate(ca: string): Promise<string> {
    const { hostname } = secure();
    const socket = tlsConnect({ host: hostname, port: securePort(), servername: host, ca });
    try {
      await once(socket, "secureConnect");
      return socket.getPeerCertificate().serialNumber;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
      socket.destroy();
    }
  }

  const schemes = [
    { scheme: "http", pill: "Live" },
    { scheme: "https", pill: "Live, encrypted" },
  ];
  for (const { scheme, pill } of schemes) {
    it(`four windows of Chromium show a change at once over ${scheme === "http" ? "ws" : "wss"}`, async () => {
      const browser = await openBrowser(scheme === "https");
      const windows = await openWindows(browser, `${scheme}://${host}/`, 4);
      await set(8, 0);
      await Promise.all(windows.map((window) => shows(window, 8, 0)));
      for (const [id, value] of [
        [8, 300],
        [5, 600],
        [1, 200],
        [3, 290],
      ] as const)
        await set(id, value);
      for (const window of windows) {
        await shows(window, 8, 300);
        await shows(window, 3, 290);
        assert.equal(await window.textContent("#state"), pill);
        assert.equal(await window.textContent("#windows"), "4 windows open");
      }
      if (images !== undefined && scheme === "https") await picture(windows[3], join(images, "live-chart.png"));
    });
  }

  async function picture(window: Page | undefined, path: string): Promise<void> {
    await window?.bringToFront();
    // The bars have stopped moving, and one is still marked as new.
    await set(8, 300);
    await setTimeout(1000);
    await window?.screenshot({ path });
  }

  it("fails in a browser that does not trust the authority: the page above was trusted for real", async () => {
    const window = await (await openBrowser(false)).window();
    await assert.rejects(window.goto(`https://${host}/`), /ERR_CERT_AUTHORITY_INVALID/);
  });

  it("keeps a socket without messages for longer than the heartbeat, and the proxies set it no limit", async () => {
    const { socket, values } = await openSocket();
    // Three heartbeats of scenarios/s3-live-chart.yaml.
    await setTimeout(35_000);
    await set(2, 777);
    await until(() => isDeepStrictEqual(values.at(-1), [2, 777]), "the value that was set");
    assert.equal(socket.readyState, WebSocket.OPEN);
    const gateway = ["--namespace", "istio-system", "deployment/istio-ingressgateway"];
    const tornado = ["--namespace", "default", "deployment/tornado-v1", "--container=istio-proxy"];
    for (const pod of [gateway, tornado]) {
      const dump = await stack().kubectl("exec", ...pod, "--", "pilot-agent", "request", "GET", "config_dump");
      const limits = [...dump.matchAll(/"stream_idle_timeout": "(\w+)"/g)].map(([, limit]) => limit);
      assert.ok(limits.length > 0, "no stream_idle_timeout: Envoy's own is 5 minutes");
      assert.deepEqual([...new Set(limits)], ["0s"]);
    }
  });

  it("drops no open socket when the certificate is changed", async () => {
    const browser = await openBrowser(true);
    const [window] = await openWindows(browser, `https://${host}/`, 1);
    assert.ok(window);
    let reconnects = 0;
    window.on("websocket", () => {
      reconnects += 1;
    });
    const { socket, values } = await openSocket();
    const before = await servedCertificate(authority());
    await applyScenarios({
      [file]: changedScenario(file, (text) => text.replace("kind: selfSigned", "kind: selfSigned, days: 60")),
    });
    await until(async () => (await servedCertificate(authority())) !== before, "another certificate");
    // The same authority has signed it, so that nobody has to trust another one.
    assert.match(await servedCertificate(authority()), /^[0-9A-F]+$/);
    await set(4, 444);
    await shows(window, 4, 444);
    assert.deepEqual([socket.readyState, values.at(-1), reconnects], [WebSocket.OPEN, [4, 444], 0]);
    await openWindows(browser, `https://${host}/`, 1);
  });

  it("goes on with the certificate it has when its secret is deleted, and says what is wrong", async () => {
    const { socket, values } = await openSocket();
    const before = await servedCertificate(authority());
    const { data, type, metadata } = JSON.parse(
      await stack().kubectl("get", "secret", secret, "--namespace", "istio-system", "--output=json"),
    );
    await stack().kubectl("delete", "secret", secret, "--namespace", "istio-system");
    let status = await stackStatus();
    const missing = async (): Promise<boolean> => {
      status = await stackStatus();
      return status.exitCode !== 0;
    };
    await until(missing, "status to see that the secret is gone");
    const file = join(workFolder, "e2e", "secret.json");
    const { name, namespace, labels, annotations } = metadata;
    const again = { apiVersion: "v1", kind: "Secret", type, data, metadata: { name, namespace, labels, annotations } };
    writeFileSync(file, JSON.stringify(again), { mode: 0o600 });
    await stack().kubectl("apply", "--server-side", "--filename", file);
    rmSync(file);
    assert.match(status.stdout, /Secret istio-system\/myexample-credential of port 443 does not exist/);
    assert.equal(await servedCertificate(authority()), before);
    await set(6, 666);
    await until(() => isDeepStrictEqual(values.at(-1), [6, 666]), "the value that was set");
    assert.equal(socket.readyState, WebSocket.OPEN);
  });

  it("refuses TLS and nothing else for a secret that never was, says so, and serves when it is fixed", async () => {
    const elsewhere = changedScenario(file, (text) =>
      text
        .replace(/^tls:\n(?: .*\n)+/m, "")
        .replace("credentialName: myexample-credential", "credentialName: elsewhere"),
    );
    // The update is made; what it leaves is not as the config says, since nobody has made the secret.
    const { stdout } = await applyScenarios({ [file]: elsewhere }, { exitCode: 1 });
    assert.match(stdout, /^error ML054 /m);
    await until(async () => /^E[A-Z]+$/.test(await servedCertificate(authority())), "a refused TLS connection");
    assert.equal((await client.get("/api/state")).status, 200);
    const status = await stackStatus();
    assert.match(
      status.stdout,
      /Secret istio-system\/elsewhere of port 443 does not exist: TLS connections are refused/,
    );
    assert.equal(status.exitCode, 1);
    await applyScenarios({});
    const fixed = (await ScenarioStack.read()).authorities[secret] ?? "";
    await until(async () => /^[0-9A-F]+$/.test(await servedCertificate(fixed)), "a certificate of the new authority");
    assert.equal((await stackStatus()).exitCode, 0);
  });
});

const stackStatus = () => lanes("status", "--stack", stackName);

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await waitFor(what, holds, { withinMs: 60_000, everyMs: 500 });
}
