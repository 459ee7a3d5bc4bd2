/** `Content-Disposition` of a download (RFC 6266; the exact name as RFC 8187 encodes it): nothing of a name can end the header or open in the page. */
export function buildContentDisposition(fileName: string): string {
  const name = fileName.toWellFormed().replace(/[\p{C}/\\]/gu, '_') || 'download';
  const plain = name.replace(/[^\x20-\x7e]|["%]/g, '_');
  const exact = encodeURIComponent(name).replace(/['()*!]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
