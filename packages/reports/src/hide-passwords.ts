/** A text of a scanner that says with which password it has logged in, without that: `pass: …`, `uid[root] pw[…]`. */
export function hidePasswords(text: string | undefined): string | undefined {
  return (
    text
      ?.replaceAll(/^([ \t]*pass(?:word)?[ \t]*[:=]).+$/gim, '$1 …')
      // Hydra: `host: 192.0.2.7   login: root   password: …`.
      .replaceAll(/\b(pass(?:word|wd)?[ \t]{0,20}[:=])[ \t]{0,20}\S{1,200}[ \t]{0,20}$/gim, '$1 …')
      .replaceAll(/(?<=\bpw\[)(?:[^\n]{0,200}?(?=\] realm\[)|[^\]\n]{1,200})/g, '…')
  );
}
