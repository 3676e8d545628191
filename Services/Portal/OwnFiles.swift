extension Files {
    /// Style and scripts of the pages, which lie in the program itself.
    package static var own: Files {
        let script = "text/javascript; charset=utf-8"
        var files = Files()
        files.all = [
            "portal.css": File(type: "text/css; charset=utf-8", PackageResources.portal_css),
            "desk.js": File(type: script, PackageResources.desk_js),
            "enter.js": File(type: script, PackageResources.enter_js),
            "figures.css": File(type: "text/css; charset=utf-8", PackageResources.figures_css),
            "figures.js": File(type: script, PackageResources.figures_js),
            "kiosk.css": File(type: "text/css; charset=utf-8", PackageResources.kiosk_css),
            "kiosk.js": File(type: script, PackageResources.kiosk_js),
            "live.js": File(type: script, PackageResources.live_js),
            "map.js": File(type: script, PackageResources.map_js),
            "push.js": File(type: script, PackageResources.push_js),
            "offline.js": File(type: script, PackageResources.offline_js),
            "search.js": File(type: script, PackageResources.search_js),
            "school.js": File(type: script, PackageResources.school_js),
            "calendar.js": File(type: script, PackageResources.calendar_js),
            "import.js": File(type: script, PackageResources.import_js),
            "sound.js": File(type: script, PackageResources.sound_js),
            // A worker looks after the folder it lies in, and what lies below (Service Workers, 3.1.1).
            "worker.js": File(type: script, PackageResources.worker_js),
            "manifest.webmanifest": File(type: "application/manifest+json", PackageResources.manifest_webmanifest),
            "icon.svg": File(type: "image/svg+xml", PackageResources.icon_svg),
        ]
        return files
    }
}
