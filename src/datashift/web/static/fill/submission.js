// The answers as XML: what is not asked is left out, as ODK Collect does. As forms/xform/submission.py.

const OPENROSA = "http://openrosa.org/xforms";
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/gu;
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;" };

const escaped = (text, signs = /[&<>\r]/g) => text.replace(NO_XML, "").replace(signs, (sign) => SIGNS[sign]);

function quoted(text) {
  const plain = escaped(text, /[&<>\r\n\t]/g);
  if (!plain.includes('"')) return `"${plain}"`;
  return plain.includes("'") ? `"${plain.replaceAll('"', "&quot;")}"` : `'${plain}'`;
}

/** Return a filled-in form as the XML of a submission. */
export function asXml(model) {
  const { program, root } = model;
  const attributes = { id: program.id, version: program.version, xmlns: program.namespace };
  const head = Object.entries(attributes).filter(([name, told]) => told || name === "id")
    .map(([name, told]) => ` ${name}=${quoted(told)}`).join("");
  const name = root.field.name;
  const inside = [...root.children.values()].flat().map(written).join("");
  const whole = `<${name}${head} xmlns:orx="${OPENROSA}">${inside}${meta(model)}</${name}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole}`;
}

/** What the form itself has no place for. */
function meta(model) {
  const there = new Set((model.root.children.get("meta") ?? []).flatMap((node) => [...node.children.keys()]));
  if (there.has("instanceID")) return "";
  return `<orx:meta><orx:instanceID>${escaped(model.instanceId)}</orx:instanceID></orx:meta>`;
}

function written(node) {
  if (!node.relevant) return "";
  const name = node.field.namespace ? `orx:${node.field.name}` : node.field.name;
  const group = ["group", "repeat"].includes(node.field.kind);
  const inside = group ? [...node.children.values()].flat().map(written).join("") : escaped(node.text);
  return inside || group ? `<${name}>${inside}</${name}>` : `<${name}/>`;
}
