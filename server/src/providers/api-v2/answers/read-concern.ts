import type { Concern } from "#providers/outcome.ts";

/**
 * The error texts of deployed panels, English sentences and message keys alike, and the commonest
 * of other languages. The first match says whom a refusal concerns, so their order matters.
 */
const patterns: readonly (readonly [Concern, RegExp])[] = [
  [
    "funds",
    new RegExp(
      [
        "not[ _]enough[ _](?:funds|balance|money|credits?)",
        "insufficient[ _](?:funds|balance|credits?|money)",
        "(?:balance|funds|credit)\\b.{0,30}\\b(?:insufficient|not enough|too low)",
        "low balance",
        "недостаточно (?:средств|денег)|нехватка средств",
        "yetersiz bakiye|bakiye\\S* yetersiz",
        "(?:saldo|fondos?|fundos) insuficientes?",
        "saldo (?:anda )?tidak (?:cukup|mencukupi)",
        "không đủ|so du khong du",
        "رصيد.{0,20}(?:غير كاف|لا يكفي|غير كافي)",
        "solde insuffisant",
      ].join("|"),
      "i",
    ),
  ],
  [
    "link",
    new RegExp(
      [
        "active order with (?:this|the same) link",
        "link[ _]duplicate|duplicate[ _](?:link|order)",
        "(?:with|for) (?:the )?same link",
        "wait until (?:the )?order (?:being|is) completed",
        "order (?:with|for) this link (?:is )?(?:already|still)",
        "(?:активный|незавершенный) заказ.{0,40}ссылк",
        "bu (?:link|bağlantı).{0,40}(?:aktif|devam)",
      ].join("|"),
      "i",
    ),
  ],
  [
    "limit",
    new RegExp(
      [
        "too[ _]many[ _](?:requests|orders)",
        "rate[ _]?limit",
        "slow down",
        "limit(?: of)? \\d+ ?(?:\\/|per) ?(?:second|minute|hour|day|s\\b|m\\b)",
        "requests? per (?:second|minute|hour)",
        // About the whole panel, not about one service.
        "(?<!service.{0,20})(?:is busy|being restarted|under maintenance|maintenance mode)",
        "слишком много запросов|çok fazla istek|muitas (?:requisições|solicitações)",
      ].join("|"),
      "i",
    ),
  ],
  [
    "provider",
    new RegExp(
      [
        "\\b(?:invalid|incorrect|wrong|unknown|bad|missing|expired|no) (?:api|access|user)?[ _-]?(?:key|token)\\b",
        "\\b(?:key|token)\\b.{0,30}\\b(?:invalid|incorrect|wrong|not found|expired|required|missing|revoked|disabled|permission)",
        "api is disable",
        // About our account: an account that a link leads to may be suspended as well.
        "(?:^|your )(?:api )?account.{0,20}\\b(?:inactive|suspended|disabled|blocked|banned|not active|closed)",
        "(?:incorrect|invalid|bad) request|request invalid|missing data \\(101\\)|^missing data$",
        "(?:incorrect|invalid|unsupported|unknown|wrong) (?:action|method)|action is invalid",
        "unauthori[sz]ed|unauthenticated|forbidden|access denied|not authori[sz]ed|has no .{0,20} permission",
        "\\bip\\b.{0,30}\\bnot (?:allowed|whitelisted)",
        "неверный (?:api|ключ)|неправильный ключ",
        "(?:geçersiz|hatalı|yanlış) api|api anahtarı",
        "chave (?:de )?api inválida|clave (?:de )?api inv[áa]lida|chave inválida",
        "مفتاح.{0,20}(?:غير صحيح|غير صالح|خاطئ)",
      ].join("|"),
      "i",
    ),
  ],
  [
    "service",
    new RegExp(
      [
        "service.{0,10}\\b(?:id|not|does|is|temporarily|inactive|disabled|unavailable)",
        "(?:incorrect|invalid|unknown|disabled|inactive)[ _]service",
        "service_(?:inactive|not_found)",
        "drip-?feed",
        "\\b(?:min|max)[ _]quantity|quantity[ _](?:less|more|greater|at least|must)",
        "(?:minimal|minimum|maximum|maximal)\\b",
        "invalid_quantity|max_charge",
      ].join("|"),
      "i",
    ),
  ],
  [
    "order",
    new RegExp(
      [
        "(?:bad|incorrect|invalid|wrong|broken|private)[ _](?:link|url)",
        "neworder\\.error\\.(?:link|invalid_link)\\b|link_not_found",
        "\\b(?:link|url)\\b.{0,20}\\b(?:invalid|incorrect|required|wrong|not valid|not found|private)",
        "required (?:fields?|parameters?)|missing required|(?:field|parameter)s? (?:is|are) required",
        "\\b(?:quantity|comments|usernames?|runs|interval(?: time)?|keywords|hashtags?) (?:is|are) required",
        "missing (?:username|comments|link|quantity|parameter)",
        "at least 1 new post|incorrect delay|quantity min cannot",
        "incorrect \\w+, expected",
        "(?:неверная|некорректная|неправильная) ссылка|geçersiz (?:link|bağlantı)|link inválido|enlace inválido",
        "رابط.{0,15}(?:غير صحيح|غير صالح|خاطئ)",
      ].join("|"),
      "i",
    ),
  ],
];

/**
 * Whom a refusal concerns, from its text. An unknown text counts as about the service: it is still
 * a definite refusal, and another provider may take the order.
 */
export function readConcern(text: string, httpStatus = 200): Concern {
  const found = patterns.find(([, pattern]) => pattern.test(text))?.[0];
  if (found !== undefined) return found;
  if (httpStatus === 401 || httpStatus === 403) return "provider";
  return httpStatus === 402 ? "funds" : "service";
}

const unknownOrder = new RegExp(
  [
    "(?:incorrect|invalid|unknown|wrong|empty|no such|missing)[ _.]order",
    "order.{0,20}\\b(?:not found|not exist|doesn't exist|incorrect|invalid|unknown)",
    "incorrect_order_id",
    "заказ.{0,10}не найден|sipariş.{0,10}bulunamadı|pedido.{0,15}(?:não|no) encontrado",
  ].join("|"),
  "i",
);

/** True for a text that says: there is no such order (or it is not ours). */
export function meansUnknownOrder(text: string): boolean {
  return unknownOrder.test(text);
}

const unknownRefill = /refill.{0,20}\bnot found|(?:incorrect|invalid|unknown)[ _.]refill/i;

/** True for a text that says: there is no such refill. */
export function meansUnknownRefill(text: string): boolean {
  return unknownRefill.test(text);
}
