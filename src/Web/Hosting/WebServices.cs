using System.Reflection;
using Cleiss.Web.Cases;
using Cleiss.Web.Documents;
using Cleiss.Web.Filling;
using Cleiss.Web.Home;
using Cleiss.Web.Inbox;
using Cleiss.Web.Layout;
using Cleiss.Web.Mails;
using Cleiss.Web.Verification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Web.Hosting;

public static class WebServices
{
    /// <summary>What the pages need. Safe to call twice.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddAntiforgery();
        services.TryAddSingleton<CaseDesk>();
        services.TryAddSingleton<HomeDesk>();
        services.TryAddSingleton<InboxDesk>();
        services.TryAddSingleton<NavigationCounts>();
        services.TryAddSingleton<PostedFiles>();
        services.TryAddSingleton<TaskDesk>();
        services.TryAddSingleton<DocumentDesk>();
        services.TryAddSingleton<MailDesk>();
        services.TryAddSingleton<VerificationDesk>();
        return services;
    }

    /// <summary>Lets the routed pages of another project join those of Web, under the same frame and rules. Safe to call twice.</summary>
    public static IServiceCollection AddPagesOf(this IServiceCollection services, Assembly assembly)
    {
        var pages = new PageAssembly(assembly);
        if (!services.Any(service => pages.Equals(service.ImplementationInstance)))
        {
            services.AddSingleton(pages);
        }

        return services;
    }
}
