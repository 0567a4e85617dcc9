using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Feel;
using Cleiss.Scripting.JavaScript;
using Cleiss.Scripting.Liquid;
using Cleiss.Scripting.Pdf;
using Cleiss.Scripting.Qr;
using Cleiss.Scripting.Typst;
using Cleiss.Scripting.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cleiss.Scripting.Hosting;

public static class ScriptingServices
{
    /// <summary>The script host with its ports; settings come from the section <c>Scripting</c>.</summary>
    public static IServiceCollection AddScripting(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (services.Any(service => service.ServiceType == typeof(ScriptHost)))
        {
            return services;
        }

        services.AddOptions<ScriptingOptions>().Bind(configuration.GetSection("Scripting")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ScriptingOptions>, ScriptingOptionsCheck>();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ScriptHost>();
        services.AddSingleton<ScriptEvaluator>();
        services.AddSingleton<IScriptEvaluator>(provider => provider.GetRequiredService<ScriptEvaluator>());
        services.AddSingleton<IScriptChecker>(provider => provider.GetRequiredService<ScriptEvaluator>());
        services.AddSingleton<ILiquidRenderer, LiquidRenderer>();
        services.AddSingleton<IFeelEvaluator, FeelEvaluator>();
        services.AddSingleton<ITypstCompiler, TypstCompiler>();
        services.AddSingleton<IQrCodes, QrCodes>();
        services.AddSingleton<IPdfText, PdfText>();
        services.AddHostedService<WarmUp>();
        services.AddHealthChecks().AddCheck<ScriptHostHealth>("scripts", tags: ["ready"]);
        return services;
    }

    private sealed class ScriptingOptionsCheck : IValidateOptions<ScriptingOptions>
    {
        public ValidateOptionsResult Validate(string? name, ScriptingOptions options) =>
            options.Mistakes().ToArray() is { Length: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }
}
