// A desk for a test: archives made of the sample by the command, people, and the server on a port of its own; and what
// is held against every page: no violation that axe knows, in light and in dark, nothing wider than the window, and a
// picture of it.
import { test as base, expect } from "@playwright/test";
import { AxeBuilder } from "@axe-core/playwright";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const sample = (...parts) => path.join(root, "examples", ...parts);
export const data = process.env.REFTEL_DATA || path.join(root, "../shared/data");
const program = process.env.REFTEL || path.join(root, "build/test/src/cli/reftel");
const pictures = path.join(root, "build/screenshots");
export const password = "tulip field 9";

export class Desk {
	constructor() {
		this.dir = mkdtempSync(path.join(tmpdir(), "reftel-desk-"));
		this.deskDir = path.join(this.dir, "desk");
		mkdirSync(this.deskDir, { mode: 0o700 });
		this.collections = [];
	}
	run(args, input = "", ok = [0, 1]) {
		try {
			return execFileSync(program, args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
		} catch (e) {
			if (ok.includes(e.status)) return e.stdout;
			throw new Error(`reftel ${args.join(" ")}: ${e.status}: ${e.stderr}`);
		}
	}
	archive(name, ...files) {
		const dir = path.join(this.dir, name);
		this.run(["--archive", dir, "init"]);
		if (files.length) this.run(["--archive", dir, "import", ...files]);
		this.collections.push(`${name}=${dir}`);
		return this;
	}
	user(name, role, sees) {
		const more = sees ? ["--collections", sees] : [];
		this.run(["user", "add", name, "--desk", this.deskDir, "--role", role, ...more], password + "\n");
		return this;
	}
	async serve(...options) {
		const args = ["serve", "--json", "--port", "0", "--desk", this.deskDir, ...options];
		for (const c of this.collections) args.push("--collection", c);
		this.server = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
		this.said = "";
		this.server.stderr.on("data", (x) => (this.said += x));
		const line = await new Promise((resolve, reject) => {
			let text = "";
			this.server.stdout.on("data", (x) => {
				text += x;
				if (text.includes("\n")) resolve(text);
			});
			this.server.on("exit", (code) => reject(new Error(`serve ended with ${code}: ${this.said}`)));
		});
		this.address = JSON.parse(line).address;
		this.url = new URL(this.address).origin;
		return this;
	}
	// Ends the server as Ctrl-C does; what the sanitizers found fails the test.
	async close() {
		const gone = new Promise((resolve) => this.server.on("exit", resolve));
		if (this.server.exitCode === null) this.server.kill("SIGTERM");
		const code = this.server.exitCode ?? (await gone);
		rmSync(this.dir, { recursive: true, force: true });
		if (code !== 0 || /Sanitizer|runtime error/.test(this.said)) throw new Error(`the server ended with ${code}: ${this.said}`);
	}
}

// The invented sample, an empty collection, and one person of each role; the reader sees the sample alone.
export function newsroom() {
	return new Desk()
		.archive("harbour", sample("cables.csv"), sample("pages"), sample("telegrams"))
		.archive("empty")
		.user("anna", "admin")
		.user("edda", "editor")
		.user("rolf", "reader", "harbour")
		.serve();
}

export async function login(page, desk, name) {
	await page.goto(desk.url + "/login?to=/me");
	await page.getByLabel("Name", { exact: true }).fill(name);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Log in" }).click();
	await expect(page.getByRole("navigation", { name: "Desk" })).toBeVisible();
}

async function axe(page, what) {
	const found = await new AxeBuilder({ page })
		.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
		.analyze();
	const told = found.violations.map(
		(v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map((n) => `    ${n.html.slice(0, 200)}\n    ${n.failureSummary}`).join("\n"),
	);
	expect.soft(told, `axe on ${what}`).toEqual([]);
}

export async function narrowFits(page, what) {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	expect.soft(wide, `${what} is wider than its window by`).toBeLessThanOrEqual(0);
}

// Looks at the page one is on, in all the ways it may be looked at.
export async function look(page, name) {
	const scripts = await page.evaluate(() => true).catch(() => false);
	const was = page.viewportSize();
	mkdirSync(pictures, { recursive: true });
	for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 360]]) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: 900 });
		const kind = `${name}-${width === 360 ? "narrow" : colorScheme}`;
		if (scripts && width !== 360) await axe(page, kind);
		if (width === 360) await narrowFits(page, kind);
		await page.screenshot({ path: path.join(pictures, kind + ".png"), fullPage: true });
	}
	// 400 % zoom of a window of 1280 is one of 320.
	await page.setViewportSize({ width: 320, height: 256 });
	await narrowFits(page, `${name} at 400 %`);
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize(was);
}

// Whatever a page complains of in the console, a refused script or style among it, fails its test.
export const test = base.extend({
	page: async ({ page }, use) => {
		const complaints = [];
		page.on("console", (m) => m.type() === "error" && !/status of 4\d\d/.test(m.text()) && complaints.push(m.text()));
		page.on("pageerror", (e) => complaints.push(String(e)));
		// The desk asks before it removes; a page that speaks by itself has been broken into.
		page.on("dialog", (d) => (d.type() !== "confirm" && complaints.push(`dialog: ${d.message()}`), d.accept()));
		await use(page);
		expect(complaints).toEqual([]);
	},
});
export { expect, existsSync, writeFileSync, path };
