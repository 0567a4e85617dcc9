using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Cleiss.Persistence.Http;

/// <summary>Answers of <c>/api</c> that are not what was asked for: RFC 9457 with a stable <c>code</c> and a French sentence with the mend.</summary>
public static class Problem
{
    /// <param name="code">Stable, kebab-case: <c>file-too-large</c>.</param>
    /// <param name="title">What is wrong, in French, for the person.</param>
    /// <param name="detail">What to do about it.</param>
    /// <param name="extensions">Further members, e.g. <c>("errors", list)</c>.</param>
    public static IResult Of(int status, string code, string title, string? detail = null, params (string Name, object? Value)[] extensions)
    {
        ArgumentNullException.ThrowIfNull(extensions);
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail, Extensions = { ["code"] = code } };
        foreach (var (name, value) in extensions)
        {
            problem.Extensions[name] = value;
        }

        return Results.Problem(problem);
    }

    public static IResult NotFound(string code, string title, string? detail = null) => Of(StatusCodes.Status404NotFound, code, title, detail);

    public static IResult Invalid(string code, string title, string? detail = null, params (string Name, object? Value)[] extensions) =>
        Of(StatusCodes.Status422UnprocessableEntity, code, title, detail, extensions);

    public static IResult Conflict(string code, string title, string? detail = null, params (string Name, object? Value)[] extensions) =>
        Of(StatusCodes.Status409Conflict, code, title, detail, extensions);

    public static IResult Forbidden(string code, string title, string? detail = null) => Of(StatusCodes.Status403Forbidden, code, title, detail);
}
