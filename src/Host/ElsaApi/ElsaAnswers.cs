using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi;

/// <summary>Answers in the shapes Studio reads.</summary>
internal static class ElsaAnswers
{
    /// <summary>Studio shows one message per text.</summary>
    public static IResult Refused(string message, IReadOnlyDictionary<string, string[]>? errors = null) => Results.BadRequest(new
    {
        statusCode = StatusCodes.Status400BadRequest,
        message,
        errors = errors ?? new Dictionary<string, string[]> { ["message"] = [message] },
    });

    /// <summary>Every problem where it lies, with what and how to mend it.</summary>
    public static IResult Refused(string message, DefinitionException refusal) => Refused(
        message,
        refusal.Problems.Where(problem => problem.Severity == ProblemSeverity.Error)
            .GroupBy(problem => problem.Path, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(problem => $"{problem.Code} : {problem.Message}").ToArray(), StringComparer.Ordinal));

    public static bool MayWrite(HttpContext http) => http.FindActor()?.Has(Permission.DefinitionsWrite) == true;
}
