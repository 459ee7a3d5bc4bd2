/**
 * How much a text looks as if it were made of words, from about -4 (random letters) to 2 (plain English); 0 divides best.
 * It is the mean, over the letters, of how much more often than by chance each pair of letters stands together in words. Text is
 * taken apart as identifiers are, at digits, signs and `camelCase` humps; pieces of one or two letters count against it.
 */
export function wordLikeness(text: string): number {
  let score = 0;
  let letters = 0;
  // A run of capitals is always matched, but for its last one.
  // oxlint-disable-next-line regexp/no-super-linear-move
  for (const [word] of text.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)) {
    letters += word.length;
    if (word.length < 3) score += shortPieceScore * word.length;
    else score += pairScore(word.toLowerCase());
  }
  return letters === 0 ? -Infinity : score / letters;
}

/**
 * Whether a text is words joined as in code (`camelCase`, `snake_case`, `kebab-case`, `UPPER_CASE`), at most with a number or two. Of random
 * letters and digits one text of a hundred looks like this at 10 characters, one of four hundred at 16, and none from 24 on.
 */
export function isName(text: string): boolean {
  if (!/^[A-Za-z_][\w.-]*$/.test(text)) return false;
  const numbers = text.match(/\d+/g)?.length ?? 0;
  return numbers <= (text.length < 16 ? 1 : 2) && wordLikeness(text) > 0;
}

const shortPieceScore = -2;

/** The pairs' scores stand for one letter more than there are pairs. */
function pairScore(word: string): number {
  let score = 0;
  for (let i = 1; i < word.length; i++) score += Number(pairScores[(word.charCodeAt(i - 1) - 0x61) * 26 + word.charCodeAt(i) - 0x61]) - 5;
  return (score * word.length) / (word.length - 1);
}

/** A digit a pair `aa`, `ab` … `zz`: log2 of its frequency in 17,000 words of documentation and code against chance, plus 5. */
const pairScores =
  '3677346261586826187855445363336211541722520453610040724272175076328316475202316435832172143363056353023074786653423768464987465652' +
  '5223551070152261053450013050317244500435520552520020621371006013326204344100206576656111376975267726041630004000100000410030300000' +
  '4212611150241331025221202073458321803733730255531061742371206113516621535100407377758362443564247855203155663552425668660866656331' +
  '7233722460262265075652104000000000000300010110500000845694527054557406765430606264832671454466337862304273548426802543740776523362' +
  '5654544150266736066611020261217010600200410020100010501251145003044104410010013142420140012015012510032032324110401334350244112012' +
  '40006000400210300120100023';
