import { barCount, maxValue } from "./bars";
import { pageScript } from "./page-script";
import { pageStyle } from "./page-style";

/** The page, whole: it fetches nothing but its WebSocket. */
export const pageHtml = `<!doctype html>
<html lang="en" data-state="connecting">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Live chart</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<div>
<h1>Live chart</h1>
<p class="lead">Every open window shows the same values, pushed over one WebSocket each.</p>
</div>
<div class="pill" id="state">Connecting</div>
</header>
<section class="card">
<figure>
<svg viewBox="0 0 900 390" role="img" aria-label="Bar chart of ${barCount} values from 0 to ${maxValue}; the same values are in the table below">
<defs><clipPath id="plot"><rect x="0" y="0" width="900" height="350"/></clipPath></defs>
<g id="grid"></g>
<g id="bars"></g>
</svg>
</figure>
<div class="below">
<button id="random" type="button" disabled>Change a random bar</button>
<code id="curl"></code>
</div>
</section>
<section class="card">
<details>
<summary>The values as a table</summary>
<table><caption class="hidden">Values of the bars</caption><tbody id="rows"></tbody></table>
</details>
</section>
<footer><span id="windows"></span><span id="server"></span></footer>
<p class="hidden" id="news" aria-live="polite"></p>
</main>
<noscript>This page needs JavaScript to show live values.</noscript>
<script>${pageScript}</script>
</body>
</html>
`;
