using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace Cleiss.Host.ElsaApi.Descriptors;

/// <summary>JSON that is asked for again and again: serialised once, named by its hash.</summary>
internal sealed class SentOnce
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly byte[] _content;
    private readonly EntityTagHeaderValue _tag;

    private SentOnce(JsonNode content)
    {
        _content = Encoding.UTF8.GetBytes(content.ToJsonString(Json));
        _tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(_content))[..32]}\"");
    }

    public static SentOnce Of(JsonNode content) => new(content);

    /// <summary>Elsa's shape of a list.</summary>
    public static SentOnce List(IEnumerable<JsonObject> items)
    {
        var list = new JsonArray([.. items.Select(item => item.DeepClone())]);
        return new SentOnce(new JsonObject { ["count"] = list.Count, ["items"] = list });
    }

    public IResult AnswerTo(HttpRequest request)
    {
        // Signed-in people only: the browser may keep it, nobody in between, and it asks each time whether it still holds.
        request.HttpContext.Response.Headers.CacheControl = "private, no-cache";
        return Results.Bytes(_content, "application/json; charset=utf-8", entityTag: _tag);
    }
}
