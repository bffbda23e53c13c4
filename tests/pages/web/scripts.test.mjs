// The part of the page's scripts that needs no page, by node's own test runner: node --test scripts.test.mjs
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const assets = new URL("../../../fsm2rnn/pages/web/assets/", import.meta.url);
const script = (name) => readFileSync(new URL(name, assets), "utf8");
const { fsmArithmetic, fsmWords } = vm.runInThisContext(
  `(() => {${script("arithmetic.js")}\n${script("words.js")}\nreturn { fsmArithmetic, fsmWords };})()`);

// Two states that 1 exchanges: h is 1 or -1.
const parity = {
  states: ["even", "odd"], symbols: ["0", "1"], table: [[0, 1], [1, 0]], start: 0, mealy: false,
  outputs: [["False"], ["True"]], accepting: [false, true], places: [[0, 0], [1000, 0]],
};
const signs = {
  form: "float32", accumulator: "float32", width: 1, initial: [1], matrices: [[[0, 0, 1]], [[0, 0, -1]]],
  scores: [[0, 0, 1], [1, 0, -1]], bias: [0, 0], reads: [0, 1], points: [[1], [-1]], ends: [], point_reads: [0, 1],
  steps: null, snap_every: null, snap_points: [],
};

test("numbers are rounded to the nearest of a format, ties to even", () => {
  const { rounded } = fsmArithmetic;
  assert.equal(rounded(1 + 2 ** -8, "bfloat16"), 1);
  assert.equal(rounded(1 + 3 * 2 ** -8, "bfloat16"), 1 + 2 ** -6);
  assert.equal(rounded(-(1 + 2 ** -8 + 2 ** -20), "bfloat16"), -(1 + 2 ** -7));
  assert.equal(rounded(65519, "float16"), 65504);
  assert.equal(rounded(65520, "float16"), Infinity);
  assert.equal(rounded(2 ** -25, "float16"), 0);
  assert.equal(rounded(2 ** -25 * 1.5, "float16"), 2 ** -24);
  assert.equal(rounded(0.1, "float32"), Math.fround(0.1));
  assert.equal(rounded(0.1, "float64"), 0.1);
  assert.equal(rounded(17, "float8_e4m3fn"), 16);
  assert.equal(rounded(19, "float8_e4m3fn"), 20);
  assert.equal(rounded(2 ** -16, "float8_e5m2"), 2 ** -16);
});

test("every float16 is its own rounding, and halves between two go to the even one", () => {
  for (let exponent = -24; exponent < 6; exponent += 1) {
    const unit = 2 ** Math.max(exponent, -24);
    for (let part = 1024; part < 2047; part += 101) {
      const low = part * unit;
      assert.equal(fsmArithmetic.rounded(low, "float16"), low);
      const tie = low + unit / 2;
      assert.equal(fsmArithmetic.rounded(tie, "float16"), part % 2 === 0 ? low : low + unit);
    }
  }
});

test("a step multiplies, and a reading is strictly ahead or none", () => {
  const ready = fsmArithmetic.prepared(signs);
  assert.deepEqual(fsmArithmetic.states(ready, [1, 0, 1]), [[1], [-1], [-1], [1]]);
  assert.equal(fsmArithmetic.read(ready, [0.1]), 0);
  assert.equal(fsmArithmetic.read(ready, [-0.1]), 1);
  assert.equal(fsmArithmetic.read(ready, [0]), -1);
  assert.equal(fsmArithmetic.read(ready, [NaN]), -1);
});

test("a run that is known is gone on with where words begin alike", () => {
  const ready = fsmArithmetic.prepared(signs);
  const known = { word: [1, 0], states: [[1], [7], [8]] };
  assert.deepEqual(fsmArithmetic.states(ready, [1, 1], known), [[1], [7], [-7]]);
  assert.deepEqual(fsmArithmetic.states(ready, [1], known), [[1], [7]]);
  assert.deepEqual(fsmArithmetic.states(ready, [0, 1], known), [[1], [1], [-1]]);
});

test("rows of one state are no rivals of each other", () => {
  const twice = { ...signs, scores: [[0, 0, 1], [1, 0, -1], [2, 0, 1]], bias: [0, 0, 0], reads: [0, 1, 0] };
  assert.equal(fsmArithmetic.read(fsmArithmetic.prepared(twice), [0.5]), 0);
  const tied = { ...twice, reads: [0, 1, 1] };
  assert.equal(fsmArithmetic.read(fsmArithmetic.prepared(tied), [0.5]), -1);
  const raised = { ...twice, scores: [[0, 0, 1], [1, 0, 2], [2, 0, 3]], reads: [0, 1, 0] };
  assert.equal(fsmArithmetic.read(fsmArithmetic.prepared(raised), [1]), 0);
});

test("sums are rounded in the accumulating format, the state once", () => {
  const short = { ...signs, form: "bfloat16", matrices: [[[0, 0, 1 + 2 ** -7]], [[0, 0, 1]]] };
  const ready = fsmArithmetic.prepared(short);
  assert.deepEqual(fsmArithmetic.stepped(ready, 0, [1 + 2 ** -7]), [1 + 2 ** -6]);
});

test("a state that is put back stands on the code of what it is read as", () => {
  const loose = { ...signs, matrices: [[[0, 0, 0.5]], [[0, 0, -0.5]]], snap_every: 2, snap_points: [[1], [-1]] };
  assert.deepEqual(fsmArithmetic.states(fsmArithmetic.prepared(loose), [1, 0, 1]), [[1], [-0.5], [-1], [0.5]]);
});

test("drift counts wrong readings and finds the first", () => {
  const exact = fsmArithmetic.drift(fsmArithmetic.prepared(signs), parity, [1, 1, 0, 1]);
  assert.equal(exact.first, null);
  assert.equal(exact.wrong, 0);
  assert.ok(exact.samples.every((sample) => sample.error === 0));
  const wrong = { ...signs, matrices: [[[0, 0, -1]], [[0, 0, -1]]] };
  const found = fsmArithmetic.drift(fsmArithmetic.prepared(wrong), parity, [1, 0, 1]);
  assert.deepEqual([found.count, found.first, found.wrong], [3, 2, 2]);
  assert.equal(found.samples[1].error, 2);
});

test("long runs are cut to what a second affords", () => {
  assert.equal(fsmArithmetic.affordable(fsmArithmetic.prepared(signs), 20000), 20000);
  const wide = { ...signs, bias: new Array(1e5).fill(0), reads: new Array(1e5).fill(0) };
  assert.equal(fsmArithmetic.affordable(fsmArithmetic.prepared(wide), 20000), 399);
});

test("a state inside the region of its code is at distance 0, beside it as far as the region is", () => {
  const ready = fsmArithmetic.prepared({ ...signs, points: [[0.5], [-2]], ends: [[2], [-0.5]] });
  assert.equal(fsmArithmetic.distance(ready, [0.5], 0), 0);
  assert.equal(fsmArithmetic.distance(ready, [2], 0), 0);
  assert.equal(fsmArithmetic.distance(ready, [2.5], 0), 0.5);
  assert.equal(fsmArithmetic.distance(ready, [0.25], 1), 0.75);
});

test("a word walks the table, and outputs belong to states or to steps", () => {
  const word = [1, 0, 1, 1];
  const walked = fsmWords.walk(parity, word);
  assert.deepEqual(walked, [0, 1, 1, 0, 1]);
  assert.equal(fsmWords.output(parity, walked, word, 4), "True");
  const mealy = { ...parity, mealy: true, outputs: [["a", "b"], ["c", "d"]] };
  assert.equal(fsmWords.output(mealy, walked, word, 0), null);
  assert.equal(fsmWords.output(mealy, walked, word, 3), "d");
});

test("links keep words of any labels", () => {
  const labels = ["(1,2,3)", "a&b=c", "#", "é", "%"];
  const subjects = [{ machine: parity }, { machine: { ...parity, symbols: labels } }];
  const word = [0, 1, 2, 3, 4, 0];
  const link = fsmWords.link(labels, 1, word);
  assert.match(link, /^#word=/);
  assert.deepEqual(fsmWords.linked(link, subjects), { subject: 1, word });
  assert.deepEqual(fsmWords.linked("#word=1,0,1", subjects), { subject: 0, word: [1, 0, 1] });
  assert.deepEqual(fsmWords.linked("#word=1,2", subjects), { subject: 0, word: [] });
  assert.deepEqual(fsmWords.linked("", subjects), { subject: 0, word: [] });
  assert.deepEqual(fsmWords.linked("#word=%E0%A4%A&on=7", subjects), { subject: 0, word: [] });
});

test("symbols whose texts are alike are named by their numbers", () => {
  const subjects = [{ machine: { ...parity, symbols: ["1", "1"] } }];
  assert.equal(fsmWords.link(["1", "1"], 0, [0, 1]), "#word=0,1");
  assert.deepEqual(fsmWords.linked("#word=0,1", subjects).word, [0, 1]);
});

test("random letters follow from the seed, and all come up", () => {
  const letters = fsmWords.letters(parity, 1000, 5);
  assert.deepEqual(letters, fsmWords.letters(parity, 1000, 5));
  assert.notDeepEqual(letters, fsmWords.letters(parity, 1000, 6));
  const ones = letters.reduce((sum, letter) => sum + letter, 0);
  assert.ok(ones > 400 && ones < 600);
});

test("arrows gather symbols", () => {
  const both = { ...parity, table: [[1, 1], [0, 1]] };
  assert.deepEqual(fsmWords.arrows(both), [
    { from: 0, to: 1, symbols: [0, 1] }, { from: 1, to: 0, symbols: [0] }, { from: 1, to: 1, symbols: [1] }]);
  assert.deepEqual(fsmWords.arrows(both, 1).length, 2);
});

test("a neighbourhood holds the state, the one before, and so many next to it", () => {
  const star = { table: [[1, 2, 3, 4, 0]] };
  const { places, left } = fsmWords.neighbourhood(star, 0, 4, 2);
  assert.deepEqual([...places.keys()], [0, 4, 1, 2]);
  assert.equal(left, 1);
});
