/** A client in PHP 8 that runs unchanged, with nothing but PHP's own curl extension. */
export function phpExample(apiUrl: string): string {
  return `<?php

final class Panel
{
    public function __construct(private string $url, private string $key)
    {
    }

    /** The panel's answer; throws when it refuses or does not answer. */
    public function call(string $action, array $fields = []): array
    {
        $curl = curl_init($this->url);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => http_build_query(
                ['key' => $this->key, 'action' => $action] + $fields
            ),
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 60,
        ]);
        $body = curl_exec($curl);
        if ($body === false) {
            throw new RuntimeException(curl_error($curl));
        }
        $answer = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
        if (isset($answer['error'])) {
            throw new RuntimeException($answer['error']);
        }
        return $answer;
    }
}

$panel = new Panel('${apiUrl}', 'YOUR_API_KEY');

$balance = $panel->call('balance');
echo $balance['balance'], ' ', $balance['currency'], PHP_EOL;

$services = $panel->call('services');
echo count($services), ' services', PHP_EOL;

// Store the request_id before the call: sent again, it never orders twice.
$order = $panel->call('add', [
    'service' => 1,
    'link' => 'https://example.com/page',
    'quantity' => 1000,
    'request_id' => 'my-order-1',
]);

$status = $panel->call('status', ['order' => $order['order']]);
echo $status['status'], ', charge ', $status['charge'], PHP_EOL;

// Several at once: each order has its state or an error of its own.
$states = $panel->call('status', ['orders' => implode(',', [1, 10, 100])]);
foreach ($states as $id => $state) {
    echo $id, ': ', $state['error'] ?? $state['status'], PHP_EOL;
}
`;
}
