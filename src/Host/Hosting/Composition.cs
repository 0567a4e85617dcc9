using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Cleiss.Documents.Hosting;
using Cleiss.Engine.Timers;
using Cleiss.Forms.Hosting;
using Cleiss.Host.ElsaApi;
using Cleiss.Host.ElsaApi.Files;
using Cleiss.Host.Operations;
using Cleiss.Host.SignIn;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.Http;
using Cleiss.Scripting.Hosting;
using Cleiss.Studio.Hosting;
using Cleiss.Web.Hosting;
using Cleiss.Workflows.Hosting;
using Microsoft.AspNetCore.HttpOverrides;

namespace Cleiss.Host.Hosting;

/// <summary>Puts the product together: the one list of what it consists of, and the order in which a request passes.</summary>
internal static class Composition
{
    public static void AddProduct(this WebApplicationBuilder builder, HostSettings settings, string connectionString)
    {
        var services = builder.Services;
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Configuration["PublicUrl"] = settings.PublicUrl;
        // Its lines name the whole address, and that of a hub holds an access token.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        services.AddSingleton(settings);
        services.AddPersistence(connectionString);
        if (settings.MovableClock)
        {
            services.AddMovableClock();
        }

        services.AddSingleton(Scheduling(builder.Configuration));
        services.AddWorkflowWorkers();
        services.AddScripting(builder.Configuration);
        services.AddForms();
        services.AddDocuments(builder.Configuration);
        services.AddWorkflows(builder.Configuration);
        services.AddWeb();
        services.AddStudio();
        services.AddSignIn();
        services.AddElsaApi();
        services.AddOperations();
        services.AddOpenApi();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ApiFailures.Complete);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            json.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        });
        foreach (var module in ProductAssemblies.Implementing<IEndpointModule>())
        {
            services.AddSingleton(typeof(IEndpointModule), module);
        }
    }

    public static void UseProduct(this WebApplication app)
    {
        if (app.Services.GetRequiredService<HostSettings>().Proxies is { Count: > 0 } proxies)
        {
            app.UseForwardedHeaders(Forwarded(proxies));
        }

        app.UseMiddleware<PublicScheme>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<PublicPrefix>();
        app.UseExceptionHandler(ApiFailures.Handling);
        app.UseWhen(ApiFailures.IsApi, api => api.UseStatusCodePages());
        app.UseWhen(ApiFailures.IsPage, pages => pages.Use(ApiFailures.AnswerEmptyPage));
        app.UseHsts();
        // Before routing: theme, scripts and fonts are open to everybody and need no rule.
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "public, max-age=3600" });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<CookieGuard>();
        app.UseMiddleware<ReadableRequests>();
        app.UseAntiforgery();
        foreach (var module in app.Services.GetServices<IEndpointModule>())
        {
            module.Map(app);
        }

        app.MapOpenApi().AllowEveryone("describes the API; holds no data");
    }

    /// <summary>What the last named proxy says counts; what came before it anybody may have written.</summary>
    private static ForwardedHeadersOptions Forwarded(IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }

        return options;
    }

    /// <summary>Its zone was checked with the host's settings; an empty one means the default.</summary>
    private static SchedulingOptions Scheduling(ConfigurationManager configuration) =>
        configuration["Scheduling:TimeZone"] is { Length: > 0 } zone ? new SchedulingOptions { TimeZone = zone } : new SchedulingOptions();
}
