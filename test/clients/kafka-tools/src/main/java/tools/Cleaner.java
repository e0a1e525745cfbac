package tools;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;

/** Removes what a transcript made, or an earlier run of it has left. */
final class Cleaner {
    private Cleaner() {}

    /** Deletes the topics and groups whose names begin so; groups that still have members stay. */
    static void clean(String bootstrap, String prefix) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            List<String> topics =
                admin.listTopics().names().get().stream().filter(name -> name.startsWith(prefix)).toList();
            if (!topics.isEmpty()) admin.deleteTopics(topics).all().get();
            List<String> groups = admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .filter(name -> name.startsWith(prefix))
                .toList();
            for (var deletion : admin.deleteConsumerGroups(groups).deletedGroups().values()) {
                try {
                    deletion.get();
                } catch (ExecutionException error) {
                    // Its last member may not have gone yet, or it went by itself.
                }
            }
        }
    }
}
